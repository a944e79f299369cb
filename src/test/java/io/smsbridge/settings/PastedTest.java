package io.smsbridge.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people paste: credentials with their scheme before them, and URLs with a slash behind them. */
class PastedTest {

    private static final String[] KEY = {"X-API-Key", "caller-key"};

    @TempDir
    static Path home;
    static ScriptedInfobip infobip;
    static ScriptedDownstream downstream;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        infobip = new ScriptedInfobip();
        downstream = new ScriptedDownstream();
        bridge = new TestBridge(home, """
                account.main.baseUrl=%s
                account.main.apiKey=App infobip-key
                account.second.baseUrl=%1$s
                account.second.apiKey=Authorization: app  second-key
                account.sandbox.baseUrl=http://localhost:{{http.port}}/sandbox/infobip
                account.sandbox.apiKey={{sandbox.apiKey}}
                account.sandbox.publicUrl=http://localhost:{{http.port}}/
                sandbox.apiKey=App sandbox-key
                sandbox.firstSms=false
                sms.default-account=main
                sms.apiKey=Bearer caller-key
                downstream.crm.url=%s/crm
                downstream.crm.bearerToken=bearer crm-token
                downstream.crm.events=sent,delivered,failed
                """.formatted(infobip.url(), downstream.url()));
    }

    @AfterAll
    static void stop() {
        bridge.close();
        downstream.close();
        infobip.close();
    }

    private static void send(String path, String id) throws Exception {
        var response = bridge.post(path, "{\"to\": \"447700900123\", \"text\": \"Hi\", \"messageId\": \"" + id + "\"}", KEY);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    private static List<String> told(String id) {
        return downstream.items("/crm").stream().filter(event -> event.at("/data/meta").asText().equals(id))
                .map(event -> event.at("/data/type").asText()).toList();
    }

    @Test
    void aSchemeBeforeACredentialIsSentOnce() throws Exception {
        String first = TestBridge.newId();
        send("/sms/send/main", first);
        send("/sms/send/second", TestBridge.newId());
        await().untilAsserted(() -> assertThat(infobip.server.getAllServeEvents())
                .extracting(call -> call.getRequest().getHeader("Authorization")).contains("App infobip-key", "App second-key")
                .isSubsetOf("App infobip-key", "App second-key"));
        await().untilAsserted(() -> assertThat(told(first)).containsExactly("sent"));
        assertThat(downstream.posts("/crm")).allSatisfy(post -> assertThat(post.getHeader("Authorization")).isEqualTo("Bearer crm-token"));
    }

    @Test
    void theSandboxAndTheCallerTakeTheKeyAlone() throws Exception {
        String id = TestBridge.newId();
        send("/sms/send/sandbox", id);
        await().untilAsserted(() -> assertThat(told(id)).contains("delivered"));
        String body = "{\"to\": \"447700900123\", \"text\": \"Hi\"}";
        assertThat(bridge.post("/sms/send", body, "Authorization", "Bearer caller-key").statusCode()).isEqualTo(200);
        assertThat(bridge.post("/sms/send", body, "X-API-Key", "Bearer other").statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/sms/send/", "/sms/send/main/", "/sms/send/second//"})
    void aSlashBehindThePathOfASendChangesNothing(String path) throws Exception {
        String id = TestBridge.newId();
        send(path, id);
        await().untilAsserted(() -> {
            JsonNode message = TestBridge.JSON.readTree(bridge.get("/sms/messages/" + id + "/", KEY).body()).at("/messages/0");
            assertThat(message.path("meta").asText()).isEqualTo(id);
            assertThat(message.path("account").asText()).isEqualTo(path.contains("second") ? "second" : "main");
        });
    }

    @Test
    void theQueryStringStaysWithThePath() throws Exception {
        String id = TestBridge.newId();
        assertThat(bridge.get("/sms/send/main/?to=447700900123&messageId=" + id + "&text=a%26b%20%2B/", KEY).statusCode()).isEqualTo(200);
        await().until(() -> infobip.calls().stream().anyMatch(call -> call.toString().contains("\"a&b +/\"")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/openapi/", "/openapi.json/", "/sandbox/handsets/", "/sandbox/downstream/"})
    void aSlashBehindAnyOtherPathChangesNothing(String path) throws Exception {
        assertThat(bridge.get(path).statusCode()).isEqualTo(200);
        assertThat(bridge.get(path).headers().firstValue("Content-Type")).isEqualTo(bridge.get(path.substring(0, path.length() - 1)).headers().firstValue("Content-Type"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/infobip/delivery-reports/main/", "/infobip/inbound-messages/main/", "/infobip/clicks/main/", "/infobip/clicks/"})
    void aSlashBehindAWebhooksPathChangesNothing(String path) throws Exception {
        assertThat(bridge.post(path, "{\"results\": []}", "Content-Type", "application/json").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "//", "/nothing/", "/sms/send/nobody/"})
    void whatIsNotThereIsNotThereWithASlashEither(String path) throws Exception {
        assertThat(bridge.post(path, "{}", KEY).statusCode()).isEqualTo(404);
    }
}
