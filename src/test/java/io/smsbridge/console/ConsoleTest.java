package io.smsbridge.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import javax.management.ObjectName;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.FreePort;
import io.smsbridge.TestBridge;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The management port: who gets in, and what the console asks of it. */
@Tag("quick")
class ConsoleTest {

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Set<Integer> ANSWERS_DURING_START = ConcurrentHashMap.newKeySet();

    @TempDir
    static Path home;
    private static TestBridge bridge;

    private static final String SETTINGS = """
            account.main.baseUrl=http://localhost:1
            account.main.apiKey=k
            sms.default-account=main
            downstream.crm.url=http://localhost:1/crm?key=5ecret
            http.trustedProxies=127.0.0.1
            """;

    @BeforeAll
    static void start() throws Exception {
        int port = FreePort.find();
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Void> asking = CompletableFuture.runAsync(() -> {
            while (!stop.get()) {
                ask(port);
            }
        });
        try {
            bridge = new TestBridge(home, SETTINGS + "management.port=" + port);
            await().until(() -> !ANSWERS_DURING_START.isEmpty());
        } finally {
            stop.set(true);
            asking.join();
        }
        bridge.context().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/mine/{what}?platformHttpEngine=#bean:managementPort&httpMethodRestrict=GET,POST")
                        .setBody(simple("${header.CamelHttpMethod} ${header.what} ${header.q} ${body}"));
            }
        });
    }

    private static void ask(int port) {
        try {
            ANSWERS_DURING_START.add(HTTP.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/observe/jolokia/version"))
                    .timeout(Duration.ofSeconds(3)).build(), HttpResponse.BodyHandlers.discarding()).statusCode());
        } catch (IOException e) {
            // not yet
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/hawtio/jolokia", "/hawtio/jolokia/version", "/hawtio/%6Aolokia/version",
        "/observe/health/../../hawtio/jolokia/version", "/observe/jolokia", "/hawtio/../observe/jolokia/version", "/observe/healthy", "/mine/x", "/nothing"})
    void nobodyGetsInWithoutLogin(String path) throws Exception {
        for (String method : new String[] {"GET", "POST", "DELETE"}) {
            assertThat(bridge.manage(method, path, "{\"type\":\"version\"}", "X", "Y").statusCode()).as(method).isEqualTo(401);
        }
    }

    @Test
    void healthIsForAnyone() throws Exception {
        assertThat(bridge.manage("GET", "/observe/health", "", "X", "Y").body()).contains("\"status\"");
    }

    @Test
    void aUserIsLetInByHttpBasic() throws Exception {
        assertThat(bridge.manage("GET", "/hawtio/jolokia/version", "").body()).contains("\"status\":200");
        assertThat(bridge.manage("POST", "/hawtio/jolokia", "{\"type\":\"read\",\"mbean\":\"org.apache.camel:context=*,type=context,name=*\","
                + "\"attribute\":\"CamelVersion\"}").body()).contains("CamelVersion");
    }

    @Test
    void aRouteIsServedThereAndBehindTheLogin() throws Exception {
        assertThat(bridge.manage("POST", "/mine/a?q=1", "body").body()).isEqualTo("POST a 1 body");
        assertThat(bridge.manage("DELETE", "/mine/a", "").statusCode()).isEqualTo(405);
        assertThat(bridge.get("/mine/a").statusCode()).isEqualTo(404);
    }

    @Test
    void aPageOfAnotherSiteGetsNothing() throws Exception {
        for (String site : new String[] {"cross-site", "same-site"}) {
            assertThat(bridge.manage("GET", "/hawtio/jolokia/version", "", "Sec-Fetch-Site", site,
                    "Authorization", "Basic YWRtaW46YzBuc29sZQ==").statusCode()).isEqualTo(403);
        }
    }

    @Test
    void aLoginIsASessionUntilItsEnd() throws Exception {
        assertThat(bridge.manage("GET", "/hawtio/user", "", "X", "Y").statusCode()).isEqualTo(403);
        HttpResponse<String> login = login("admin", TestBridge.CONSOLE_PASSWORD, "X", "Y");
        assertThat(login.statusCode()).isEqualTo(200);
        String setCookie = login.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(setCookie).containsIgnoringCase("; HttpOnly").contains("; SameSite=Strict").doesNotContain("Secure");
        String cookie = setCookie.split(";")[0];
        assertThat(bridge.manage("GET", "/hawtio/user", "", "Cookie", cookie).body()).isEqualTo("\"admin\"");
        assertThat(bridge.manage("GET", "/hawtio/jolokia/version", "", "Cookie", cookie).statusCode()).isEqualTo(200);
        assertThat(bridge.manage("GET", "/hawtio/jolokia/version", "", "Cookie", cookie, "Sec-Fetch-Site", "same-site").statusCode()).isEqualTo(403);

        bridge.manage("GET", "/hawtio/auth/logout", "", "Cookie", cookie);
        assertThat(bridge.manage("GET", "/hawtio/jolokia/version", "", "Cookie", cookie).statusCode()).isEqualTo(401);
    }

    @Test
    void behindTlsTheCookieIsForTlsOnly() throws Exception {
        assertThat(login("admin", TestBridge.CONSOLE_PASSWORD, "X-Forwarded-Proto", "https").headers().firstValue("Set-Cookie").orElseThrow())
                .contains("; Secure");
        assertThat(login("admin", TestBridge.CONSOLE_PASSWORD, "Sec-Fetch-Site", "cross-site").statusCode()).isEqualTo(403);
    }

    /** Last of all, as it shuts this address out for a while. */
    @AfterAll
    static void aGuesserIsAnswered429() throws Exception {
        try {
            assertThat(login("admin", "wrong", "X", "Y").statusCode()).isEqualTo(403);
            assertThat(bridge.manage("GET", "/mine/x", "", "Authorization", "Basic YWRtaW46d3Jvbmc=").statusCode()).isEqualTo(401);
            await().until(() -> login("admin", "wrong", "X", "Y").statusCode() == 429);
            HttpResponse<String> right = login("admin", TestBridge.CONSOLE_PASSWORD, "X", "Y");
            assertThat(right.statusCode()).isEqualTo(429);
            assertThat(right.headers().firstValue("Retry-After")).isPresent();
        } finally {
            bridge.close();
        }
    }

    private static HttpResponse<String> login(String name, String password, String... headers) throws Exception {
        return bridge.manage("POST", "/hawtio/auth/login", "{\"username\":\"" + name + "\",\"password\":\"" + password + "\"}", headers);
    }

    @Test
    void hawtiosFilesAreServedWithOurNameAndOurChanges() throws Exception {
        HttpResponse<String> page = bridge.manage("GET", "/hawtio/camel/routes", "", "X", "Y");
        assertThat(page.body()).contains("<base href=\"/hawtio/\">");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow()).contains("default-src 'self'").contains("frame-ancestors 'none'");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(bridge.manage("GET", "/hawtio/hawtconfig.json", "", "X", "Y").body()).contains("\"appName\": \"Infobip SMS Bridge\"");
        // Where Hawtio's code is no longer what is changed, its diagrams have to be looked at again.
        List<Path> scripts;
        try (Stream<Path> files = Files.walk(Path.of(Console.class.getResource("/hawtio-static/static/js").toURI()))) {
            scripts = files.filter(file -> file.toString().endsWith(".js")).toList();
        }
        List<String> changed = new ArrayList<>();
        for (Path script : scripts) {
            if (Files.readString(script).contains("this.dagreGraph.setGraph(")) {
                changed.add(bridge.manage("GET", "/hawtio/static/js/" + script.getFileName(), "", "X", "Y").body());
            }
        }
        assertThat(changed).hasSize(1).first().asString().contains("r=\"LR\"){").contains("minZoom:.05").contains("t.filter((e=>e.source))")
                .contains("t.id.replace(/^route-\\d+/,\"\")");
    }

    @Test
    void theFirstPageIsTheLoginUntilOneIsLoggedIn() throws Exception {
        assertThat(bridge.manage("GET", "/", "", "X", "Y").body()).contains("Log in").doesNotContain("overview.js");
        HttpResponse<String> page = bridge.manage("GET", "/", "", "Cookie", session());
        assertThat(page.body()).contains("overview.js", "What each route does").doesNotContain("style=", "onclick=");
        // Nothing from elsewhere, and nothing that somebody managed to write into the page.
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow()).contains("default-src 'self'").doesNotContain("unsafe", "data:", "blob:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"overview.html", "overview.js", "style.css", "uplot/uPlot.iife.min.js", "uplot/uPlot.min.css"})
    void thePagesFilesHoldNothingAndAreForAnyone(String file) throws Exception {
        assertThat(bridge.manage("GET", "/page/" + file, "", "X", "Y").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none.js", "", "../hawtconfig.json", "%2e%2e/hawtconfig.json", "..%2fhawtconfig.json", "uplot"})
    void noOtherFileIsServedAmongThem(String file) throws Exception {
        assertThat(bridge.manage("GET", "/page/" + file, "", "X", "Y").statusCode()).isIn(401, 404);
    }

    @Test
    void whatThePageShowsIsForOperatorsOnly() throws Exception {
        for (String path : List.of("/overview", "/overview/routes", "/messages?search=0123")) {
            assertThat(bridge.manage("GET", path, "", "X", "Y").statusCode()).as(path).isEqualTo(401);
            assertThat(bridge.manage("GET", path, "", "Cookie", session(), "Sec-Fetch-Site", "same-site").statusCode()).as(path).isEqualTo(403);
        }
        JsonNode overview = TestBridge.JSON.readTree(bridge.manage("GET", "/overview", "", "Cookie", session()).body());
        assertThat(overview.at("/accounts/0/name").asText()).isEqualTo("main");
        assertThat(overview.at("/accounts/0/state").asText()).isEqualTo("UP");
        assertThat(overview.at("/accounts/0/why").isNull()).isTrue();
        assertThat(overview.at("/downstreams/0/url").asText()).isEqualTo("http://localhost:1/crm");
        assertThat(bridge.manage("GET", "/overview/routes", "").body()).contains("\"send-via-main\"", "Account main: posts what waits to Infobip").doesNotContain("{{");
    }

    private static String session() throws Exception {
        return login("admin", TestBridge.CONSOLE_PASSWORD, "X", "Y").headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "read | java.lang:type=Runtime | SystemProperties",
        "read | java.lang:type=Runtime | InputArguments",
        "read | com.sun.management:type=HotSpotDiagnostic | DiagnosticOptions",
        "exec | com.sun.management:type=DiagnosticCommand | vmSystemProperties",
        "exec | com.sun.management:type=HotSpotDiagnostic | dumpHeap",
        "exec | jdk.management.jfr:type=FlightRecorder | newRecording",
        "exec | ROUTE | dumpRouteAsXml(boolean)",
        "exec | ROUTE | dumpRouteAsYaml(boolean)",
        "exec | ROUTE | remove()",
        "exec | ROUTE | updateRouteFromXml(java.lang.String)",
        "exec | CONTEXT | sendStringBody(java.lang.String,java.lang.String)",
        "exec | CONTEXT | dumpRoutesAsXml(boolean)",
        "exec | CONTEXT | stop()",
        "write | java.lang:type=Memory | Verbose"})
    void whatCanShowASecretOrDoHarmIsClosedToAUser(String type, String bean, String what) throws Exception {
        String name = name(switch (bean) {
            case "ROUTE" -> "org.apache.camel:type=routes,name=\"send-via-main\",*";
            case "CONTEXT" -> "org.apache.camel:type=context,*";
            default -> bean;
        });
        JsonNode answer = TestBridge.JSON.readTree(bridge.manage("POST", "/hawtio/jolokia", TestBridge.JSON.writeValueAsString(
                Map.of("type", type, "mbean", name, type.equals("exec") ? "operation" : "attribute", what, "value", true))).body());
        assertThat(answer.path("status").asInt()).as(answer.toString()).isEqualTo(403);
    }

    @Test
    void whatTheConsoleNeedsIsOpenToAUser() throws Exception {
        assertThat(exec("org.apache.camel:type=routes,name=\"send-via-main\",*", "dumpRouteAsXml()").path("value").asText()).contains("send-via-main");
        assertThat(exec("org.apache.camel:type=context,*", "dumpRoutesStatsAsXml", true, true).path("value").asText()).contains("send-via-main");
        JsonNode sent = exec("io.smsbridge:type=accounts,name=main", "sendTestSms", "12", "");
        assertThat(sent.path("value").asText()).startsWith("Not sent, refused by the bridge: to: not a phone number in international form");
    }

    @Test
    void aDownstreamIsPausedAndResumed() throws Exception {
        String crm = "io.smsbridge:type=downstreams,name=crm";
        JsonNode shown = read(crm);
        assertThat(shown.path("State").asText()).isEqualTo("UP");
        assertThat(shown.path("Url").asText()).isEqualTo("http://localhost:1/crm");
        assertThat(shown.path("Waiting").asLong()).isZero();
        exec(crm, "pause");
        assertThat(read(crm).path("State").asText()).isEqualTo("PAUSED");
        exec(crm, "resume");
        assertThat(read(crm).path("State").asText()).isEqualTo("UP");
    }

    private static JsonNode read(String name) throws Exception {
        return TestBridge.JSON.readTree(bridge.manage("GET", "/hawtio/jolokia/read/" + name, "").body()).path("value");
    }

    private static JsonNode exec(String pattern, String operation, Object... arguments) throws Exception {
        return TestBridge.JSON.readTree(bridge.manage("POST", "/hawtio/jolokia", TestBridge.JSON.writeValueAsString(
                Map.of("type", "exec", "mbean", name(pattern), "operation", operation, "arguments", arguments))).body());
    }

    private static String name(String pattern) throws Exception {
        return ManagementFactory.getPlatformMBeanServer().queryNames(new ObjectName(pattern), null).iterator().next().getCanonicalName();
    }

    /** From the first moment at which anything answers. */
    @Test
    void itIsGuardedBeforeItIsOpen() {
        assertThat(ANSWERS_DURING_START).isNotEmpty().containsOnly(401);
    }
}
