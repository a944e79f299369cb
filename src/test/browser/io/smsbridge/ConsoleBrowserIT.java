package io.smsbridge;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The console as an operator uses it, in Chromium, against the packaged jar and its sandbox: the first page by keyboard alone, then
 * Hawtio. With -Dscreenshots=DIRECTORY it also makes the pictures of the documentation, for which it takes a minute more.
 */
class ConsoleBrowserIT {

    private static final double PATIENCE = 180_000;
    /** No page here has more places to go to by Tab. */
    private static final int MOST_TABS = 150;
    private static final int HEIGHT = 760;

    @TempDir
    Path home;
    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final AtomicInteger sent = new AtomicInteger();
    private Page page;

    @Test
    void anOperatorLogsInLooksSendsReplaysFindsAndLogsOut() throws Exception {
        List<String> requests = new CopyOnWriteArrayList<>();
        Playwright.CreateOptions options = new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"));
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE);
        ScheduledExecutorService callers = Executors.newSingleThreadScheduledExecutor();
        try (ScriptedDownstream shop = new ScriptedDownstream();
                PackagedBridge bridge = start(shop);
                Playwright playwright = Playwright.create(options);
                Browser browser = playwright.chromium().launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(Path.of(System.getProperty("chromium", "/usr/bin/chromium"))).setArgs(List.of("--no-sandbox")))) {
            String base = "http://127.0.0.1:" + bridge.managementPort;
            shop.answers("/shop", aResponse().withStatus(404).withBody("no such shop"));
            assertThat(bridge.post("/sms/send", "{\"to\": \"+447700900123\", \"text\": \"Hi\", \"messageId\": \"one\"}").statusCode()).isEqualTo(200);
            await().until(() -> bridge.output().contains("downstream shop: given up after 1 tries, kept as a dead letter"));

            page = browser.newPage(new Browser.NewPageOptions().setViewportSize(1280, HEIGHT).setColorScheme(ColorScheme.LIGHT));
            page.setDefaultTimeout(PATIENCE);
            page.onRequest(request -> requests.add(request.url()));
            login(base, password(bridge));
            page.onConsoleMessage(message -> {
                if (message.type().equals("error") || message.type().equals("warning")) {
                    errors.add(message.text());
                }
            });
            page.onPageError(errors::add);

            numbersMoveWithTraffic(bridge, callers);
            picturesOfTheFirstPage();
            aTestSmsIsSentAndFollowed();
            aMessageIsFound();
            anAccountIsPausedAndResumed();
            aDownstreamIsPausedAndResumed(shop);
            aDeadLetterIsReplayedAndAnotherDiscarded(shop);
            itFitsANarrowScreen();
            assertThat(errors).isEmpty();
            assertThat(bridge.output()).contains("user admin: POST /downstreams/shop/pause, answered 200");

            hawtioIsOneClickAway();
            theTreeShowsRoutesWithTheirCounters();
            aDiagramGoesFromLeftToRight();
            anAccountIsAmongTheMBeans();
            logout(base);

            assertThat(requests).isNotEmpty().allMatch(url -> url.startsWith(base + "/") || url.startsWith("data:") || url.startsWith("blob:" + base));
        } finally {
            callers.shutdownNow();
        }
    }

    private PackagedBridge start(ScriptedDownstream shop) throws Exception {
        Files.writeString(home.resolve("application.properties"), """
                account.marketing.baseUrl=http://localhost:{{http.port}}/sandbox/infobip
                account.marketing.apiKey={{sandbox.apiKey}}
                account.marketing.sender=MyBrand
                account.marketing.publicUrl=http://localhost:{{http.port}}
                account.passwords.baseUrl=http://localhost:{{http.port}}/sandbox/infobip
                account.passwords.apiKey={{sandbox.apiKey}}
                account.passwords.sender=MyBank
                account.passwords.publicUrl=http://localhost:{{http.port}}
                sms.default-account=marketing
                sandbox.firstSms=false
                downstream.crm.url=http://localhost:{{http.port}}/sandbox/downstream/crm
                downstream.crm.format=cloudevents
                downstream.shop.url=%s/shop
                downstream.shop.events=delivered
                downstream.shop.retryMaxAge=0s
                """.formatted(shop.url()));
        return PackagedBridge.start(home, FreePort.find()).awaitAnswering();
    }

    /** The one-time password that the first start prints. */
    private static String password(PackagedBridge bridge) throws Exception {
        Matcher line = Pattern.compile("CONSOLE: log in at \\S+ as admin with the password (\\S+) ").matcher(bridge.output());
        assertThat(line.find()).isTrue();
        return line.group(1);
    }

    private void login(String base, String password) {
        assertThat(page.request().get(base + "/overview").status()).isEqualTo(401);
        page.navigate(base + "/");
        enter("admin", "wrong");
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("wrong user or password");
        assertThat(page.request().get(base + "/overview").status()).isEqualTo(401);
        page.keyboard().press("Shift+Tab");
        enter("admin", password);
        assertThat(page.locator("#accounts-marketing")).isVisible();
    }

    /** The user's field has the focus. */
    private void enter(String user, String password) {
        page.keyboard().type(user);
        page.keyboard().press("Tab");
        page.keyboard().type(password);
        page.keyboard().press("Enter");
    }

    private void numbersMoveWithTraffic(PackagedBridge bridge, ScheduledExecutorService callers) {
        assertThat(stage("accepted")).containsText(Pattern.compile("Acceptedfrom callers0/s"));
        assertThat(page.locator("#state")).containsText("1 dead letter waits for somebody");
        callers.scheduleWithFixedDelay(() -> call(bridge), 0, 250, TimeUnit.MILLISECONDS);
        for (String stage : List.of("accepted", "sent", "reported", "told")) {
            assertThat(stage(stage).locator(".big")).not().hasText(Pattern.compile("^0/s$"));
        }
        assertThat(row("accounts", "marketing")).containsText(Pattern.compile("[1-9][0-9]"));
        assertThat(row("downstreams", "crm")).containsText(Pattern.compile("[1-9][0-9]"));
        assertThat(page.locator("#charts canvas")).hasCount(3);
        assertThat(page.locator("#charts .legend").first()).containsText(Pattern.compile("Accepted [1-9]"));
    }

    /** A few recipients, more of them at some times than at others. */
    private void call(PackagedBridge bridge) {
        try {
            int n = sent.incrementAndGet();
            int recipients = 2 + (int) Math.round(6 + 5 * Math.sin(n / 25.0));
            StringBuilder messages = new StringBuilder();
            for (int i = 0; i < recipients; i++) {
                messages.append(i == 0 ? "" : ",").append("{\"to\": \"4477009").append("%05d".formatted((n * 20 + i) % 80_000)).append("\"}");
            }
            bridge.post("/sms/send/" + (n % 5 == 0 ? "passwords" : "marketing"), "{\"text\": \"Hello\", \"messages\": [" + messages + "]}");
        } catch (Exception e) {
            errors.add("a caller's request fails: " + e);
        }
    }

    private void picturesOfTheFirstPage() throws Exception {
        if (pictures() == null) {
            return;
        }
        await().pollInSameThread().atMost(240, TimeUnit.SECONDS).until(() -> sent.get() > 260);
        page.setViewportSize(1280, 1180);
        picture("overview");
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        picture("overview-dark");
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
        page.setViewportSize(1280, HEIGHT);
    }

    private void aTestSmsIsSentAndFollowed() {
        press(button(row("accounts", "marketing"), "Test SMS"));
        Locator dialog = page.locator("#test");
        assertThat(dialog.locator("input").first()).isFocused();
        page.keyboard().type("12");
        page.keyboard().press("Enter");
        assertThat(dialog).containsText("to: not a phone number in international form");
        // The browser itself notes each answer that is no 2xx.
        await().pollInSameThread().untilAsserted(() -> assertThat(errors).singleElement().asString().contains("status of 400"));
        errors.clear();
        dialog.locator("input").first().selectText();
        page.keyboard().type("+447700900456");
        page.keyboard().press("Enter");
        assertThat(dialog).containsText("Infobip accepted it");
        press(button(dialog, "What happened to it"));
        assertThat(page.locator("#messages .timeline")).containsText(Pattern.compile("Accepted, and on disk.*Taken by Infobip.*Delivered"));
        assertThat(page.locator("#messages .facts")).containsText("...0456");
        page.keyboard().press("Escape");
        assertThat(page.locator("#messages")).isHidden();
    }

    private void aMessageIsFound() throws Exception {
        page.keyboard().press("/");
        page.keyboard().type("one");
        page.keyboard().press("Enter");
        assertThat(page.locator("#messages")).isVisible();
        assertThat(page.locator("#messages")).containsText("...0123");
        assertThat(page.locator("#messages .timeline strong")).containsText(new String[] {"Accepted, and on disk", "Taken by Infobip", "Delivered"});
        picture("message");
        page.keyboard().press("Escape");
        search("900123");
        assertThat(page.locator("#messages")).isVisible();
        assertThat(page.locator("#messages summary").first()).containsText("...0123");
        page.keyboard().press("Escape");
        search("unheard-of");
        assertThat(page.locator("#notice")).containsText("No message has the id unheard-of");
        assertThat(page.locator("#messages")).isHidden();
    }

    private void search(String text) {
        Locator field = page.getByRole(AriaRole.SEARCHBOX);
        reach(field);
        field.selectText();
        page.keyboard().type(text);
        page.keyboard().press("Enter");
    }

    private void anAccountIsPausedAndResumed() {
        Locator row = row("accounts", "passwords");
        press(button(row, "Pause"));
        assertThat(row).containsText("paused");
        assertThat(page.locator("#state")).containsText("Account passwords is paused");
        assertThat(button(row, "Resume")).isFocused();
        page.keyboard().press("Enter");
        assertThat(row.locator(".state")).hasText("up");
    }

    private void aDownstreamIsPausedAndResumed(ScriptedDownstream shop) {
        Locator row = row("downstreams", "shop");
        press(button(row, "Pause"));
        assertThat(row).containsText("paused");
        assertThat(page.locator("#state")).containsText("Downstream shop is paused");
        // What comes meanwhile waits.
        assertThat(stage("events").locator(".big")).not().hasText(Pattern.compile("^0 ?waiting$"));
        int before = shop.posts("/shop").size();
        assertThat(button(row, "Resume")).isFocused();
        page.keyboard().press("Enter");
        assertThat(row.locator(".state")).hasText("up");
        await().until(() -> shop.posts("/shop").size() > before);
    }

    private void aDeadLetterIsReplayedAndAnotherDiscarded(ScriptedDownstream shop) {
        Locator letters = page.locator("#letters tbody tr");
        assertThat(letters).hasCount(1);
        press(button(letters.first(), "Show"));
        assertThat(page.locator("#letter pre")).containsText("\"queue\": \"events.shop\"");
        page.keyboard().press("Escape");
        press(button(letters.first(), "Replay"));
        assertThat(page.locator("#letters-none")).isVisible();
        await().until(() -> shop.posts("/shop").stream().filter(post -> post.getBodyAsString().contains("\"one\"")).count() == 2);

        shop.server.resetScenarios();
        assertThat(letters).hasCount(1);
        press(button(letters.first(), "Discard"));
        assertThat(page.locator("#sure")).containsText("Discard this dead letter of events.shop?");
        press(button(page.locator("#sure"), "Keep"));
        assertThat(letters).hasCount(1);
        press(button(letters.first(), "Discard"));
        press(button(page.locator("#sure"), "Discard"));
        assertThat(page.locator("#letters-none")).isVisible();
        assertThat(page.locator("#state")).containsText("Everything is up");
    }

    private void itFitsANarrowScreen() throws Exception {
        page.setViewportSize(400, 860);
        assertThat(page.locator("#path svg")).hasAttribute("width", Pattern.compile("3[0-9]{2}"));
        assertThat(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")).isEqualTo(0);
        picture("narrow");
        page.setViewportSize(1280, HEIGHT);
    }

    private Locator stage(String id) {
        return page.locator("#stage-" + id);
    }

    private Locator row(String table, String name) {
        return page.locator("#" + table + "-" + name);
    }

    private static Locator button(Locator in, String name) {
        return in.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(name));
    }

    /** Goes on with Tab until it has the focus. */
    private void reach(Locator place) {
        assertThat(place).isVisible();
        for (int tabs = 0; tabs < MOST_TABS && !(boolean) place.evaluate("node => node === document.activeElement"); tabs++) {
            page.keyboard().press("Tab");
        }
        assertThat(place).isFocused(new LocatorAssertions.IsFocusedOptions().setTimeout(5_000));
    }

    private void press(Locator place) {
        reach(place);
        page.keyboard().press("Enter");
    }

    private void hawtioIsOneClickAway() {
        press(page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Hawtio")));
        assertThat(page.locator("text=Expand all").first()).isVisible();
    }

    private void theTreeShowsRoutesWithTheirCounters() throws Exception {
        page.getByText("Routes", new Page.GetByTextOptions().setExact(true)).click();
        Locator row = page.locator("tr", new Page.LocatorOptions().setHasText("send-via-marketing"));
        assertThat(row).containsText("Started");
        await().pollInSameThread().untilAsserted(() -> assertThat(page.locator(".pf-v6-c-tree-view__node-text").allTextContents())
                .containsSubsequence("1-send", "2-receive", "3-forward"));
        assertThat(row).containsText(Pattern.compile("[1-9]"));
        picture("routes");
    }

    private void aDiagramGoesFromLeftToRight() throws Exception {
        expand("3-forward");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("forward-to-shop").setExact(true)).click();
        page.getByText("Route Diagram").click();
        Locator nodes = page.locator(".react-flow__node");
        Locator post = nodes.filter(new Locator.FilterOptions().setHasText("post-to-downstream"));
        assertThat(post).isVisible();
        // They are drawn before they are laid out, and move to their places.
        await().pollInSameThread().untilAsserted(() -> assertThat(left(nodes, "outbox:")).isLessThan(left(nodes, "post-to-downstream")));
        // Each shows how many have gone through it, a moment later.
        assertThat(post).containsText(Pattern.compile("[1-9]"));
        picture("diagram");
    }

    private static double left(Locator nodes, String text) {
        BoundingBox box = nodes.filter(new Locator.FilterOptions().setHasText(text)).first().boundingBox();
        assertThat(box).as(text).isNotNull();
        return box.x;
    }

    private void anAccountIsAmongTheMBeans() throws Exception {
        page.getByText("JMX", new Page.GetByTextOptions().setExact(true)).first().click();
        expand("io.smsbridge");
        expand("accounts");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("marketing").setExact(true)).click();
        assertThat(page.locator("tr", new Page.LocatorOptions().setHasText("Sender"))).containsText("MyBrand");
        picture("account");
        page.getByText("Operations", new Page.GetByTextOptions().setExact(true)).click();
        Locator operation = open("sendTestSms");
        operation.locator("input").first().fill("+447700900457");
        operation.locator("input").nth(1).fill("Hello from the console");
        operation.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Execute")).click();
        assertThat(operation).containsText("Infobip accepted it");
    }

    private void logout(String base) {
        page.navigate(base + "/hawtio/");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("admin")).click();
        page.getByText("Log out").click();
        assertThat(page.locator("input[type=password]")).isVisible();
        assertThat(page.request().get(base + "/overview").status()).isEqualTo(401);
        assertThat(page.request().get(base + "/hawtio/jolokia/version").status()).isEqualTo(401);
    }

    private void expand(String node) {
        page.locator("li:has(> .pf-v6-c-tree-view__content button:text-is('" + node + "')) > .pf-v6-c-tree-view__content .pf-v6-c-tree-view__node-toggle").first().click();
    }

    private Locator open(String operation) {
        Locator item = page.locator(".pf-v6-c-data-list__item", new Page.LocatorOptions().setHasText(operation)).first();
        item.locator("button").first().click();
        return item;
    }

    /** Where the pictures go; null where none are made. */
    private static Path pictures() {
        String directory = System.getProperty("screenshots", "");
        return directory.isEmpty() ? null : Path.of(directory);
    }

    private void picture(String name) throws Exception {
        if (pictures() != null) {
            page.screenshot(new Page.ScreenshotOptions().setPath(Files.createDirectories(pictures()).resolve("console-" + name + ".png")));
        }
    }
}
