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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The console as an operator uses it, in Chromium, against the packaged jar and its sandbox. With -Dscreenshots=DIRECTORY it also
 * makes the pictures of README and docs.
 */
class ConsoleBrowserIT {

    private static final double PATIENCE = 180_000;

    @TempDir
    Path home;
    private Page page;

    @Test
    void anOperatorLogsInLooksSendsReplaysAndLogsOut() throws Exception {
        List<String> requests = new CopyOnWriteArrayList<>();
        Playwright.CreateOptions options = new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"));
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE);
        try (ScriptedDownstream shop = new ScriptedDownstream();
                PackagedBridge bridge = start(shop);
                Playwright playwright = Playwright.create(options);
                Browser browser = playwright.chromium().launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(Path.of(System.getProperty("chromium", "/usr/bin/chromium"))).setArgs(List.of("--no-sandbox")))) {
            String base = "http://127.0.0.1:" + bridge.managementPort;
            shop.answers("/shop", aResponse().withStatus(404).withBody("no such shop"));
            assertThat(bridge.post("/sms/send", "{\"to\": \"+447700900123\", \"text\": \"Hi\", \"messageId\": \"one\"}").statusCode()).isEqualTo(200);
            await().until(() -> bridge.output().contains("downstream shop: given up after 1 tries, kept as a dead letter"));

            page = browser.newPage(new Browser.NewPageOptions().setViewportSize(1280, 760));
            page.setDefaultTimeout(PATIENCE);
            page.onRequest(request -> requests.add(request.url()));

            login(base, password(bridge));
            theTreeShowsRoutesWithTheirCounters();
            aDiagramGoesFromLeftToRight();
            aTestSmsIsSent();
            aDeadLetterIsReplayed(shop);
            thePageInPlainWordsIsThere(base);
            logout(base);

            assertThat(requests).isNotEmpty().allMatch(url -> url.startsWith(base + "/") || url.startsWith("data:") || url.startsWith("blob:" + base));
        }
    }

    private PackagedBridge start(ScriptedDownstream shop) throws Exception {
        Files.writeString(home.resolve("application.properties"), """
                account.marketing.baseUrl=http://localhost:{{http.port}}/sandbox/infobip
                account.marketing.apiKey={{sandbox.apiKey}}
                account.marketing.sender=MyBrand
                account.marketing.publicUrl=http://localhost:{{http.port}}
                sms.default-account=marketing
                sandbox.firstSms=false
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

    private void login(String base, String password) throws Exception {
        assertThat(page.request().get(base + "/hawtio/jolokia/version").status()).isEqualTo(401);
        page.navigate(base + "/");
        enter("wrong");
        assertThat(page.locator("body")).containsText(Pattern.compile("Incorrect|incorrect|invalid|Invalid|failed|wrong"));
        assertThat(page.request().get(base + "/hawtio/jolokia/version").status()).isEqualTo(401);
        enter(password);
        assertThat(page.locator("text=Expand all").first()).isVisible();
    }

    private void enter(String password) {
        page.locator("input[type=text]").first().fill("admin");
        page.locator("input[type=password]").fill(password);
        page.locator("button[type=submit]").click();
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
        assertThat(nodes.filter(new Locator.FilterOptions().setHasText("post-to-downstream"))).isVisible();
        // They are drawn before they are laid out, and move to their places.
        await().pollInSameThread().untilAsserted(() -> assertThat(left(nodes, "outbox:")).isLessThan(left(nodes, "post-to-downstream")));
        picture("diagram");
    }

    private static double left(Locator nodes, String text) {
        BoundingBox box = nodes.filter(new Locator.FilterOptions().setHasText(text)).first().boundingBox();
        assertThat(box).as(text).isNotNull();
        return box.x;
    }

    private void aTestSmsIsSent() throws Exception {
        page.getByText("JMX", new Page.GetByTextOptions().setExact(true)).first().click();
        expand("io.smsbridge");
        expand("accounts");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("marketing").setExact(true)).click();
        assertThat(page.locator("tr", new Page.LocatorOptions().setHasText("Sender"))).containsText("MyBrand");
        picture("account");
        page.getByText("Operations", new Page.GetByTextOptions().setExact(true)).click();
        Locator operation = open("sendTestSms");
        operation.locator("input").first().fill("+447700900456");
        operation.locator("input").nth(1).fill("Hello from the console");
        operation.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Execute")).click();
        assertThat(operation).containsText("Infobip accepted it");
    }

    private void aDeadLetterIsReplayed(ScriptedDownstream shop) throws Exception {
        int before = shop.posts("/shop").size();
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("dead-letters").setExact(true)).click();
        page.getByText("Operations", new Page.GetByTextOptions().setExact(true)).click();
        Locator operation = open("replayAll");
        operation.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Execute")).click();
        await().until(() -> shop.posts("/shop").size() > before);
    }

    private void thePageInPlainWordsIsThere(String base) throws Exception {
        page.navigate(base + "/");
        assertThat(page.locator("body")).containsText("Account marketing: posts what waits to Infobip");
        assertThat(page.locator("body")).containsText("Dead letters");
        picture("overview");
    }

    private void logout(String base) {
        page.navigate(base + "/hawtio/");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("admin")).click();
        page.getByText("Log out").click();
        assertThat(page.locator("input[type=password]")).isVisible();
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

    private void picture(String name) throws Exception {
        String directory = System.getProperty("screenshots", "");
        if (!directory.isEmpty()) {
            page.screenshot(new Page.ScreenshotOptions().setPath(Files.createDirectories(Path.of(directory)).resolve("console-" + name + ".png")));
        }
    }
}
