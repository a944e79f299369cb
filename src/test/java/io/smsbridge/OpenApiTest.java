package io.smsbridge;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.vertx.ext.web.Route;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.main.ManagementHttpServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What /openapi.json says is what the running bridge does: every path, every method, every status, every answer's form. */
class OpenApiTest {

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    private static final List<String> KINDS = List.of("delivery-reports", "inbound-messages", "clicks");
    private static final String SETTINGS = """
            account.main.baseUrl=%s
            account.main.apiKey=k
            account.main.retryMaxAge=0s
            sms.default-account=main
            sms.apiKey=k3y
            sms.maxRecipients=2
            downstream.crm.url=http://localhost:1/crm
            downstream.crm.events=clicked
            ledger.connectTimeout=2000
            """;
    private static final String[] NOBODY = {};
    private static final String[] UNKNOWN_CODING = {"X-API-Key", "k3y", "Content-Encoding", "br"};
    private static final String[] CALLER = {"X-API-Key", "k3y"};
    private static final String[] CONSOLE = {"Authorization",
            "Basic " + Base64.getEncoder().encodeToString(("admin:" + TestBridge.CONSOLE_PASSWORD).getBytes(StandardCharsets.UTF_8))};

    @TempDir
    static Path home;
    @TempDir
    static Path open;

    private static ScriptedInfobip infobip;
    private static TestBridge bridge;
    private static JsonNode api;

    private final Set<String> seen = new TreeSet<>();

    @BeforeAll
    static void start() throws Exception {
        infobip = new ScriptedInfobip();
        bridge = new TestBridge(home, SETTINGS.formatted(infobip.url()) + """
                webhooks.token=t0ken
                webhooks.sources=127.0.0.1,198.51.100.0/24
                http.trustedProxies=127.0.0.1
                """);
        api = TestBridge.JSON.readTree(bridge.get("/openapi.json").body());
    }

    @AfterAll
    static void stop() {
        bridge.close();
        infobip.close();
    }

    @Test
    void everyPathTheBridgeServesIsDescribed() {
        Set<String> served = bridge.context().getEndpoints().stream().filter(PlatformHttpEndpoint.class::isInstance)
                .map(endpoint -> ((PlatformHttpEndpoint) endpoint).getPath())
                // The simulated Infobip's API is Infobip's.
                .filter(path -> !path.startsWith("/sandbox") && !path.equals("/s/{id}")).collect(Collectors.toCollection(TreeSet::new));
        // What the console's first page calls is served by no Camel route.
        bridge.context().hasService(ManagementHttpServer.class).getRouter().getRoutes().stream().map(Route::getPath)
                .filter(path -> path != null && path.matches("/\\w.*") && !path.matches("/(hawtio|page|observe|dead-letters)\\b.*"))
                .map(path -> path.replaceAll(":(\\w+)", "{$1}")).forEach(served::add);
        // The route of one dead letter answers the counts, too, and those of sends, histories and webhooks what their paths may end with.
        Set<String> described = names(api.get("paths")).stream().filter(path -> !path.equals("/dead-letters/counts"))
                .map(path -> path.matches("/(sms/(send|messages)|infobip)/.*\\{.*") ? path.replaceFirst("/\\{.*", "") : path).collect(Collectors.toCollection(TreeSet::new));
        assertThat(described).isEqualTo(served);
    }

    @Test
    void everyAnswerIsAsDescribed() throws Exception {
        String good = "{\"to\": \"447700900123\", \"text\": \"Hello\", \"messageId\": \"openapi-1\"}";
        String three = "{\"text\": \"Hello\", \"messages\": [{\"to\": \"1\"}, {\"to\": \"2\"}, {\"to\": \"3\"}]}";
        for (String path : List.of("/sms/send", "/sms/send/{account}")) {
            String called = path.replace("{account}", "main");
            call(200, "POST", path, called, good, CALLER);
            call(200, "POST", path, called, "{\"text\": \"Hello\", \"messages\": [{\"to\": \"447700900124\"}, {\"to\": \"nobody\"}]}", CALLER);
            call(400, "POST", path, called, "{\"to\": \"nobody\", \"text\": \"Hello\"}", CALLER);
            call(400, "POST", path, called, "no JSON", CALLER);
            call(401, "POST", path, called, good, NOBODY);
            call(413, "POST", path, called, three, CALLER);
            call(415, "POST", path, called, good, UNKNOWN_CODING);
            call(200, "GET", path, called + "?to=447700900125&text=Hello", "", CALLER);
            call(400, "GET", path, called + "?to=nobody&text=Hello", "", CALLER);
            call(401, "GET", path, called + "?to=447700900125&text=Hello", "", NOBODY);
        }
        call(404, "POST", "/sms/send/{account}", "/sms/send/nobody", good, CALLER);
        call(404, "GET", "/sms/send/{account}", "/sms/send/nobody?to=447700900125&text=Hello", "", CALLER);

        await().untilAsserted(() -> assertThat(bridge.get("/sms/messages/openapi-1", CALLER).statusCode()).isEqualTo(200));
        call(200, "GET", "/sms/messages/{id}", "/sms/messages/openapi-1", "", CALLER);
        call(401, "GET", "/sms/messages/{id}", "/sms/messages/openapi-1", "", NOBODY);
        call(404, "GET", "/sms/messages/{id}", "/sms/messages/unheard-of", "", CALLER);

        String large = "x".repeat(8_388_609);
        for (String kind : KINDS) {
            for (String ending : List.of("", "/{account}", "/{account}/{token}")) {
                String path = "/infobip/" + kind + ending;
                // Without an account, too, the token is the last part.
                String called = path.replace("{account}", ending.contains("token") ? "main" : "t0ken").replace("{token}", "t0ken");
                if (!ending.isEmpty()) {
                    call(200, "POST", path, called, "{\"results\": []}", NOBODY);
                    call(400, "POST", path, called, "", NOBODY);
                }
                call(401, "POST", path, called.replace("t0ken", "wrong"), "{}", from("198.51.100."));
                call(403, "POST", path, called, "{}", from("203.0.113."));
                call(413, "POST", path, called, large, NOBODY);
                call(415, "POST", path, called, "{}", UNKNOWN_CODING);
            }
        }

        callers();
        operation();
        deadLetters();
        people();
        call(200, "GET", "/openapi.json", "/openapi.json", "", NOBODY);
        HttpResponse<String> page = call(200, "GET", "/openapi", "/openapi", "", NOBODY);
        assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
        assertThat(page.body()).doesNotContainPattern("(?:src|href)=[\"']?(?:https?:)?//");

        bridge.database().close();
        call(503, "GET", "/sms/people/{number}", "/sms/people/447700900123", "", CONSOLE);
        call(503, "DELETE", "/sms/people/{number}", "/sms/people/447700900123", "", CONSOLE);
        call(503, "GET", "/messages", "/messages?search=openapi-1", "", CONSOLE);
        call(503, "GET", "/sms/messages/{id}", "/sms/messages/openapi-1", "", CALLER);
        call(503, "POST", "/sms/send", "/sms/send", good, CALLER);
        call(503, "POST", "/sms/send/{account}", "/sms/send/main", good, CALLER);
        call(503, "GET", "/sms/send", "/sms/send?to=447700900125&text=Hello", "", CALLER);
        call(503, "GET", "/sms/send/{account}", "/sms/send/main?to=447700900125&text=Hello", "", CALLER);
        for (String kind : KINDS) {
            call(503, "POST", "/infobip/" + kind + "/{account}", "/infobip/" + kind + "/t0ken", "{}", NOBODY);
            call(503, "POST", "/infobip/" + kind + "/{account}/{token}", "/infobip/" + kind + "/main/t0ken", "{}", NOBODY);
        }

        // Where no token is asked for, the path need not go on.
        bridge.close();
        bridge = new TestBridge(open, SETTINGS.formatted(infobip.url()));
        for (String kind : KINDS) {
            call(200, "POST", "/infobip/" + kind, "/infobip/" + kind, "{\"results\": []}", NOBODY);
            call(400, "POST", "/infobip/" + kind, "/infobip/" + kind, "", NOBODY);
        }
        bridge.database().close();
        for (String kind : KINDS) {
            call(503, "POST", "/infobip/" + kind, "/infobip/" + kind, "{}", NOBODY);
        }
        assertThat(seen).isEqualTo(described());
    }

    private void callers() throws Exception {
        String key = TestCallers.key(TestCallers.change(home, "add", "limited"));
        String form = "grant_type=client_credentials";
        String[] client = {"Authorization", TestCallers.basic("limited", key), "Content-Type", "application/x-www-form-urlencoded"};
        call(200, "POST", "/oauth/token", "/oauth/token", form, client);
        call(400, "POST", "/oauth/token", "/oauth/token", "grant_type=password", client);
        call(415, "POST", "/oauth/token", "/oauth/token", form, new String[] {"Content-Encoding", "br"});
        call(401, "POST", "/oauth/token", "/oauth/token", form, forwarded("198.51.100.251", "limited", "wrong"));

        TestCallers.change(home, "change", "limited", "--networks", "192.0.2.0/24");
        refused(403, form, client, new String[] {"X-API-Key", key});
        String[] guess = forwarded("198.51.100.252", "limited", "wrong");
        refused(429, form, guess, guess);
    }

    /** Repeated: only from the fifth wrong credential on is a source told to wait, and then for a while. */
    private void refused(int status, String form, String[] client, String[] caller) {
        String body = "{\"to\": \"447700900127\", \"text\": \"Hello\"}";
        await().untilAsserted(() -> call(status, "POST", "/oauth/token", "/oauth/token", form, client));
        await().untilAsserted(() -> call(status, "GET", "/sms/messages/{id}", "/sms/messages/openapi-1", "", caller));
        for (String path : List.of("/sms/send", "/sms/send/{account}")) {
            String called = path.replace("{account}", "main");
            await().untilAsserted(() -> call(status, "POST", path, called, body, caller));
            await().untilAsserted(() -> call(status, "GET", path, called + "?to=447700900127&text=Hello", "", caller));
        }
    }

    private static String[] forwarded(String address, String name, String key) {
        return new String[] {"X-Forwarded-For", address, "Authorization", TestCallers.basic(name, key), "Content-Type", "application/x-www-form-urlencoded"};
    }

    /** From an address not used before: wrong credentials of one address are answered later and later. */
    private String[] from(String network) {
        return new String[] {"X-Forwarded-For", network + seen.size()};
    }

    private void operation() throws Exception {
        call(200, "GET", "/overview", "/overview?after=0", "", CONSOLE);
        call(400, "GET", "/overview", "/overview?after=now", "", CONSOLE);
        call(401, "GET", "/overview", "/overview", "", NOBODY);
        call(200, "GET", "/overview/routes", "/overview/routes", "", CONSOLE);
        call(401, "GET", "/overview/routes", "/overview/routes", "", NOBODY);
        call(200, "GET", "/messages", "/messages?search=openapi-1", "", CONSOLE);
        call(400, "GET", "/messages", "/messages", "", CONSOLE);
        call(401, "GET", "/messages", "/messages?search=openapi-1", "", NOBODY);
        String test = "/accounts/{name}/test-sms";
        call(200, "POST", test, "/accounts/main/test-sms", "{\"to\": \"+447700900128\"}", CONSOLE);
        call(400, "POST", test, "/accounts/main/test-sms", "{\"to\": \"nobody\"}", CONSOLE);
        call(401, "POST", test, "/accounts/main/test-sms", "{\"to\": \"+447700900128\"}", NOBODY);
        call(404, "POST", test, "/accounts/nobody/test-sms", "{\"to\": \"+447700900128\"}", CONSOLE);
        for (String what : List.of("pause", "resume", "probe")) {
            String path = "/downstreams/{name}/" + what;
            call(200, "POST", path, "/downstreams/crm/" + what, "", CONSOLE);
            call(401, "POST", path, "/downstreams/crm/" + what, "", NOBODY);
            call(404, "POST", path, "/downstreams/nobody/" + what, "", CONSOLE);
            String ofAccount = "/accounts/{name}/" + what;
            call(200, "POST", ofAccount, "/accounts/main/" + what, "", CONSOLE);
            call(401, "POST", ofAccount, "/accounts/main/" + what, "", NOBODY);
            call(404, "POST", ofAccount, "/accounts/nobody/" + what, "", CONSOLE);
        }
    }

    private void deadLetters() throws Exception {
        infobip.answers(IntStream.range(0, 3).mapToObj(i -> aResponse().withStatus(404)).toArray(com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder[]::new));
        for (int i = 0; i < 3; i++) {
            bridge.post("/sms/send/main", "{\"to\": \"447700900126\", \"text\": \"Hello\"}", CALLER);
            // One after the other: what waits together goes in one call, and is one dead letter.
            int letters = i + 1;
            await().until(() -> bridge.waiting("dead-letters.sends.main") == letters);
        }
        List<String> ids = new ArrayList<>();
        TestBridge.JSON.readTree(call(200, "GET", "/dead-letters", "/dead-letters", "", CONSOLE).body()).findValuesAsText("id").forEach(ids::add);
        assertThat(ids).hasSize(3);
        call(400, "GET", "/dead-letters", "/dead-letters?olderThan=long", "", CONSOLE);
        call(401, "GET", "/dead-letters", "/dead-letters", "", NOBODY);
        call(200, "GET", "/dead-letters/counts", "/dead-letters/counts", "", CONSOLE);
        call(401, "GET", "/dead-letters/counts", "/dead-letters/counts", "", NOBODY);
        call(200, "GET", "/dead-letters/{id}", "/dead-letters/" + ids.get(0), "", CONSOLE);
        call(401, "GET", "/dead-letters/{id}", "/dead-letters/" + ids.get(0), "", NOBODY);
        call(200, "POST", "/dead-letters/{id}/replay", "/dead-letters/" + ids.get(0) + "/replay", "", CONSOLE);
        call(401, "POST", "/dead-letters/{id}/replay", "/dead-letters/" + ids.get(0) + "/replay", "", NOBODY);
        call(404, "POST", "/dead-letters/{id}/replay", "/dead-letters/" + ids.get(0) + "/replay", "", CONSOLE);
        call(404, "GET", "/dead-letters/{id}", "/dead-letters/" + ids.get(0), "", CONSOLE);
        call(200, "DELETE", "/dead-letters/{id}", "/dead-letters/" + ids.get(1), "", CONSOLE);
        call(401, "DELETE", "/dead-letters/{id}", "/dead-letters/" + ids.get(1), "", NOBODY);
        call(404, "DELETE", "/dead-letters/{id}", "/dead-letters/" + ids.get(1), "", CONSOLE);
        call(200, "POST", "/dead-letters/replay", "/dead-letters/replay?account=main", "", CONSOLE);
        call(400, "POST", "/dead-letters/replay", "/dead-letters/replay", "", CONSOLE);
        call(401, "POST", "/dead-letters/replay", "/dead-letters/replay?account=main", "", NOBODY);
        call(200, "DELETE", "/dead-letters", "/dead-letters?all=true", "", CONSOLE);
        call(400, "DELETE", "/dead-letters", "/dead-letters", "", CONSOLE);
        call(401, "DELETE", "/dead-letters", "/dead-letters?all=true", "", NOBODY);
    }

    private void people() throws Exception {
        for (String method : List.of("GET", "DELETE")) {
            call(200, method, "/sms/people/{number}", "/sms/people/+447700900123", "", CONSOLE);
            call(400, method, "/sms/people/{number}", "/sms/people/nobody", "", CONSOLE);
            call(401, method, "/sms/people/{number}", "/sms/people/447700900123", "", NOBODY);
        }
        assertThat(bridge.post("/sms/send/main", "{\"to\": \"447700900127\", \"text\": \"held\"}", CALLER).statusCode()).isEqualTo(200);
        await().until(() -> infobip.held() == 1);
        call(409, "DELETE", "/sms/people/{number}", "/sms/people/447700900127", "", CONSOLE);
        infobip.release();
    }

    private HttpResponse<String> call(int status, String method, String path, String called, String body, String[] headers) throws Exception {
        int port = api.get("paths").get(path).has("servers") ? bridge.managementPort : bridge.port;
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + called)).timeout(java.time.Duration.ofSeconds(60))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        HttpResponse<String> response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        String name = method + " " + path + " " + response.statusCode();
        assertThat(response.statusCode()).as(method + " " + called + ": " + response.body()).isEqualTo(status);
        JsonNode described = api.get("paths").get(path).get(method.toLowerCase(Locale.ROOT)).get("responses").get(String.valueOf(status));
        assertThat(described).as(name + " is not described").isNotNull();
        JsonNode schema = described.at("/content/application~1json/schema");
        if (!schema.isMissingNode()) {
            ObjectNode whole = schema.deepCopy();
            whole.set("components", api.get("components"));
            assertThat(SCHEMAS.getSchema(whole).validate(TestBridge.JSON.readTree(response.body()))).as(name + ": " + response.body()).isEmpty();
            assertThat(response.headers().firstValue("Content-Type").orElse("")).as(name).startsWith("application/json");
        }
        if (described.has("headers")) {
            assertThat(response.headers().firstValue("Retry-After")).as(name).isPresent();
        }
        seen.add(name);
        return response;
    }

    private static Set<String> described() {
        Set<String> described = new TreeSet<>();
        for (String path : names(api.get("paths"))) {
            for (String method : names(api.get("paths").get(path))) {
                if (Set.of("get", "post", "delete", "put").contains(method)) {
                    names(api.get("paths").get(path).get(method).get("responses")).forEach(status -> described.add(method.toUpperCase(Locale.ROOT) + " " + path + " " + status));
                }
            }
        }
        return described;
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
