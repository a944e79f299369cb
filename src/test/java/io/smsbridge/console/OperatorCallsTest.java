package io.smsbridge.console;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;

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

/** What the console's first page shows of a message's way, and what an operator does by it. */
class OperatorCallsTest {

    @TempDir
    static Path home;
    private static ScriptedInfobip infobip;
    private static ScriptedDownstream crm;
    private static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        infobip = new ScriptedInfobip();
        crm = new ScriptedDownstream();
        bridge = new TestBridge(home, """
                account.main.baseUrl=%s
                account.main.apiKey=k
                sms.default-account=main
                downstream.crm.url=%s/crm
                downstream.crm.events=delivered,failed
                downstream.crm.retryMaxAge=0s
                """.formatted(infobip.url(), crm.url()));
    }

    @AfterAll
    static void stop() {
        bridge.close();
        crm.close();
        infobip.close();
    }

    private static JsonNode get(String path) throws Exception {
        HttpResponse<String> answer = bridge.manage("GET", path, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return TestBridge.JSON.readTree(answer.body());
    }

    private static JsonNode search(String text) throws Exception {
        return get("/messages?search=" + URLEncoder.encode(text, StandardCharsets.UTF_8));
    }

    private static String send(String to) throws Exception {
        String id = TestBridge.newId();
        bridge.send("main", "{\"to\": \"" + to + "\", \"text\": \"Hello\", \"messageId\": \"" + id + "\"}");
        return id;
    }

    @Test
    void whatGoesThroughIsCountedAtEachStage() throws Exception {
        JsonNode before = get("/overview");
        String id = send("447700900201");
        bridge.awaitIdle();
        String messageId = search(id).at("/messages/0/messageId").asText();
        bridge.report(3, messageId);
        await().untilAsserted(() -> {
            JsonNode after = get("/overview");
            for (String counted : new String[] {"accepted", "sent", "delivered", "told"}) {
                assertThat(after.at("/totals/" + counted).asLong()).as(counted).isGreaterThan(before.at("/totals/" + counted).asLong());
            }
            assertThat(after.at("/downstreams/0/told").asLong()).isPositive();
        });
    }

    @Test
    void whatFailsIsShownWhereItFails() throws Exception {
        bridge.manage("POST", "/downstreams/crm/pause", "");
        String id = send("447700900202");
        bridge.report(2, messageId(id));
        await().untilAsserted(() -> {
            JsonNode waits = get("/overview");
            assertThat(waits.at("/waiting/events/items").asLong()).isPositive();
            assertThat(waits.at("/downstreams/0/state").asText()).isEqualTo("PAUSED");
        });
        crm.answers("/crm", aResponse().withStatus(404));
        bridge.manage("POST", "/downstreams/crm/resume", "");
        await().untilAsserted(() -> {
            JsonNode failed = get("/overview");
            assertThat(failed.at("/deadLetters/dead-letters.events.crm").asLong()).isPositive();
            assertThat(failed.at("/waiting/events/items").asLong()).isZero();
            assertThat(failed.at("/downstreams/0/lastError").asText()).contains("HTTP 404");
        });
        assertThat(bridge.manage("DELETE", "/dead-letters?downstream=crm", "").statusCode()).isEqualTo(200);
    }

    @Test
    void whatAPausedAccountIsGivenWaitsUntilItIsResumed() throws Exception {
        assertThat(bridge.manage("POST", "/accounts/main/pause", "").body()).contains("\"PAUSED\"");
        String id = send("447700900203");
        JsonNode test = TestBridge.JSON.readTree(bridge.manage("POST", "/accounts/main/test-sms", "{\"to\": \"447700900204\"}").body());
        assertThat(test.path("outcome").asText()).isEqualTo("It waits: the account is paused.");
        JsonNode waits = get("/overview");
        assertThat(waits.at("/accounts/0/state").asText()).isEqualTo("PAUSED");
        await().untilAsserted(() -> assertThat(get("/overview").at("/waiting/sends/items").asLong()).isEqualTo(2));
        assertThat(search(id).at("/messages/0/state").asText()).isEqualTo("queued");
        assertThat(bridge.manage("POST", "/accounts/main/resume", "").body()).contains("\"UP\"");
        messageId(id);
        messageId(test.path("id").asText());
    }

    private static String messageId(String id) throws Exception {
        await().until(() -> search(id).at("/messages/0/state").asText().equals("sent"));
        return search(id).at("/messages/0/messageId").asText();
    }

    @Test
    void aTestSmsSaysWhatBecameOfIt() throws Exception {
        HttpResponse<String> sent = bridge.manage("POST", "/accounts/main/test-sms", "{\"to\": \"+447700900203\", \"text\": \"\"}");
        JsonNode test = TestBridge.JSON.readTree(sent.body());
        assertThat(test.path("outcome").asText()).startsWith("Infobip accepted it");
        assertThat(search(test.path("id").asText()).at("/messages/0/to").asText()).isEqualTo("...0203");
        assertThat(infobip.calls().toString()).contains("Test message");

        HttpResponse<String> refused = bridge.manage("POST", "/accounts/main/test-sms", "{\"to\": \"12\"}");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("to: not a phone number in international form");
        assertThat(bridge.manage("POST", "/accounts/main/test-sms", "no JSON").body()).contains("the body has to be");
        assertThat(bridge.manage("POST", "/accounts/main/test-sms", "").statusCode()).isEqualTo(400);
        assertThat(bridge.manage("POST", "/accounts/none/test-sms", "{}").body()).contains("there is no such account; there are main");
    }

    @Test
    void whoChangesSomethingIsLogged() throws Exception {
        int before = TestBridge.log().size();
        assertThat(bridge.manage("POST", "/downstreams/crm/probe", "").statusCode()).isEqualTo(200);
        assertThat(bridge.manage("DELETE", "/dead-letters/unheard-of", "").statusCode()).isEqualTo(404);
        assertThat(bridge.manage("GET", "/dead-letters", "").statusCode()).isEqualTo(200);
        await().untilAsserted(() -> assertThat(String.join("\n", TestBridge.logSince(before)))
                .contains("user admin: POST /downstreams/crm/probe, answered 200", "user admin: DELETE /dead-letters/unheard-of, answered 404")
                .doesNotContain("user admin: GET"));
    }

    @Test
    void aPageOfAnotherSiteChangesNothing() throws Exception {
        String user = "Basic " + Base64.getEncoder().encodeToString(("admin:" + TestBridge.CONSOLE_PASSWORD).getBytes(StandardCharsets.UTF_8));
        for (String path : new String[] {"/downstreams/crm/pause", "/accounts/main/test-sms", "/dead-letters/replay?all=true"}) {
            assertThat(bridge.manage("POST", path, "{\"to\": \"+447700900203\"}", "Authorization", user, "Sec-Fetch-Site", "cross-site").statusCode()).as(path).isEqualTo(403);
        }
        assertThat(bridge.manage("GET", "/downstreams/crm/pause", "").statusCode()).isIn(404, 405);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0204", "447700900204", "+44 7700 900-204", " 900204 "})
    void aMessageIsFoundByItsNumber(String text) throws Exception {
        String id = send("447700900204");
        JsonNode found = search(text);
        assertThat(found.path("by").asText()).isEqualTo("number");
        assertThat(found.at("/messages/0/meta").asText()).as("the newest first").isEqualTo(id);
        assertThat(found.at("/messages/0/history/0/state").asText()).isEqualTo("queued");
        assertThat(found.path("messages")).allSatisfy(message -> assertThat(message.path("to").asText()).isEqualTo("...0204"));
        assertThat(found.toString()).doesNotContain("447700900204");
    }

    @Test
    void atMostTwentyAreShownTheNewestFirst() throws Exception {
        StringBuilder recipients = new StringBuilder();
        for (int i = 10; i < 35; i++) {
            recipients.append(i == 10 ? "" : ",").append("{\"to\": \"447700").append(i).append("0205\", \"messageId\": \"many-").append(i).append("\"}");
        }
        bridge.send("main", "{\"text\": \"Hello\", \"messages\": [" + recipients + "]}");
        JsonNode found = search("0205");
        assertThat(found.path("messages")).hasSize(20);
        assertThat(found.at("/messages/0/meta").asText()).isEqualTo("many-34");
        assertThat(found.at("/messages/19/meta").asText()).isEqualTo("many-15");
    }

    @ParameterizedTest
    @ValueSource(strings = {"unheard-of", "999999", "%", "____", "' OR 1=1 --", "123", "9999999999999999999999"})
    void whatIsNotThereIsNotFound(String text) throws Exception {
        assertThat(search(text).path("messages")).isEmpty();
    }

    @Test
    void aSearchForNothingIsRefused() throws Exception {
        for (String path : new String[] {"/messages", "/messages?search=", "/messages?search=%20"}) {
            HttpResponse<String> answer = bridge.manage("GET", path, "");
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains("search: give a message's id");
        }
    }
}
