package io.smsbridge.send;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static io.smsbridge.TestBridge.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The route template send-via-account: the exact request to Infobip, how its answers are read, and what is tried again. */
class InfobipAccountTest {

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
                account.plain.baseUrl=%1$s
                account.plain.apiKey=k
                account.plain.sender=Shop
                account.plain.retryDelay=100ms
                account.plain.responseTimeout=4000
                account.impatient.baseUrl=%1$s
                account.impatient.apiKey=k
                account.impatient.retryMaxAge=0s
                account.nowhere.baseUrl=http://localhost:1
                account.nowhere.apiKey=k
                account.nowhere.retryMaxAge=0s
                account.india.baseUrl=%1$s
                account.india.apiKey=k
                account.india.sender=SHOPIN
                account.india.region=india
                account.india.principalEntityId=1101234560000000001
                account.india.templateId=1107000000000000001
                account.india.telemarketerId=1202000000000000001
                account.turkey.baseUrl=%1$s
                account.turkey.apiKey=k
                account.turkey.region=turkey
                account.turkey.brandCode=4711
                account.turkey.recipientType=BIREYCEL
                account.korea.baseUrl=%1$s
                account.korea.apiKey=k
                account.korea.region=south-korea
                account.korea.resellerCode=123456789
                account.all.baseUrl=%1$s
                account.all.apiKey=k
                account.all.region=india, turkey,south-korea
                account.all.principalEntityId=1101234560000000001
                account.all.brandCode=4711
                account.all.recipientType=TACIR
                account.all.resellerCode=123456789
                account.default-domain.baseUrl=%1$s
                account.default-domain.apiKey=k
                account.default-domain.clickTracking=default-domain
                account.custom-domain.baseUrl=%1$s
                account.custom-domain.apiKey=k
                account.custom-domain.clickTracking=custom-domain
                account.custom-domain.customDomain=go.example.com
                account.custom-domain.publicUrl=https://sms.example.com/
                sms.default-account=plain
                webhooks.token=t0ken
                downstream.log.url=%2$s/log
                downstream.log.format=events
                downstream.log.events=sent,failed
                """.formatted(infobip.url(), downstream.url()), "events.jslt", "// with raw\n.");
    }

    @AfterAll
    static void stop() {
        bridge.close();
        infobip.close();
        downstream.close();
    }

    @BeforeEach
    void forget() {
        infobip.acceptAll();
        downstream.takeAll();
    }

    /** Where each test has ended, nothing of it is left for the next. */
    @AfterEach
    void nothingIsLeftOver() {
        bridge.awaitIdle();
    }

    /** The one call made, its random message ids replaced by id-1, id-2 and so on. */
    private static JsonNode call() {
        await().until(() -> infobip.calls().size() == 1);
        JsonNode call = infobip.calls().get(0);
        int number = 1;
        for (JsonNode message : call.get("messages")) {
            ((ObjectNode) message.at("/destinations/0")).put("messageId", "id-" + number++);
        }
        return call;
    }

    private static void assertCall(String expected) throws Exception {
        JsonNode call = call();
        JsonNode whole = JSON.readTree(expected);
        // A downstream here asks for sent, so each message that wants reports asks for those on the way.
        for (JsonNode message : whole.get("messages")) {
            if (message.at("/webhooks/delivery/notify").asBoolean(true)) {
                ((ObjectNode) message).withObject("/webhooks/delivery").put("intermediateReport", true);
            }
        }
        assertThat(call).as(call.toPrettyString()).isEqualTo(whole);
    }

    private static List<JsonNode> events(int count) {
        await().until(() -> downstream.items("/log").size() == count);
        return downstream.items("/log");
    }

    @Test
    void plain() throws Exception {
        bridge.send("plain", "{\"to\": \"447700900123\", \"text\": \"Hello\", \"tid\": \"1107\"}");
        assertCall("""
                {"messages": [{
                  "sender": "Shop",
                  "destinations": [{"to": "447700900123", "messageId": "id-1"}],
                  "content": {"text": "Hello"}}]}""");
        var request = infobip.server.getAllServeEvents().get(0).getRequest();
        assertThat(request.getHeader("Authorization")).isEqualTo("App k");
        assertThat(request.getHeader("Content-Type")).isEqualTo("application/json");
        assertThat(request.getAllHeaderKeys().stream().map(String::toLowerCase)).containsExactlyInAnyOrder(
                "authorization", "connection", "content-type", "content-length", "host", "user-agent");
    }

    @Test
    void india() throws Exception {
        bridge.send("india", """
                {"messages": [{"to": "919812345678", "text": "A", "tid": "1107000000000000002"},
                              {"to": "919812345679", "text": "B", "principalEntityId": 1101234560000000009},
                              {"to": "447700900123", "text": "C"}]}""");
        assertCall("""
                {"messages": [
                  {"sender": "SHOPIN", "destinations": [{"to": "919812345678", "messageId": "id-1"}], "content": {"text": "A"},
                   "options": {"regional": {"indiaDlt": {"principalEntityId": "1101234560000000001",
                     "contentTemplateId": "1107000000000000002", "telemarketerId": "1202000000000000001"}}}},
                  {"sender": "SHOPIN", "destinations": [{"to": "919812345679", "messageId": "id-2"}], "content": {"text": "B"},
                   "options": {"regional": {"indiaDlt": {"principalEntityId": "1101234560000000009",
                     "contentTemplateId": "1107000000000000001", "telemarketerId": "1202000000000000001"}}}},
                  {"sender": "SHOPIN", "destinations": [{"to": "447700900123", "messageId": "id-3"}], "content": {"text": "C"}}]}""");
    }

    @Test
    void turkey() throws Exception {
        bridge.send("turkey", """
                {"messages": [{"to": "905012345678", "text": "A"},
                              {"to": "905012345679", "text": "B", "recipientType": "tacir", "brandCode": "12"}]}""");
        assertCall("""
                {"messages": [
                  {"destinations": [{"to": "905012345678", "messageId": "id-1"}], "content": {"text": "A"},
                   "options": {"regional": {"turkeyIys": {"recipientType": "BIREYSEL", "brandCode": 4711}}}},
                  {"destinations": [{"to": "905012345679", "messageId": "id-2"}], "content": {"text": "B"},
                   "options": {"regional": {"turkeyIys": {"recipientType": "TACIR", "brandCode": 12}}}}]}""");
    }

    @Test
    void southKorea() throws Exception {
        bridge.send("korea", "{\"to\": \"821012345678\", \"text\": \"A\"}");
        assertCall("""
                {"messages": [
                  {"destinations": [{"to": "821012345678", "messageId": "id-1"}], "content": {"text": "A"},
                   "options": {"regional": {"southKorea": {"resellerCode": 123456789}}}}]}""");
    }

    @Test
    void eachRecipientOfAMixedBatchGetsTheBlockOfItsOwnCountry() throws Exception {
        bridge.send("all", """
                {"text": "A", "messages": [{"to": "919812345678"}, {"to": "905012345678"}, {"to": "821012345678"},
                                           {"to": "447700900123"}, {"to": "12025550123"}]}""");
        assertCall("""
                {"messages": [
                  {"destinations": [{"to": "919812345678", "messageId": "id-1"}], "content": {"text": "A"},
                   "options": {"regional": {"indiaDlt": {"principalEntityId": "1101234560000000001"}}}},
                  {"destinations": [{"to": "905012345678", "messageId": "id-2"}], "content": {"text": "A"},
                   "options": {"regional": {"turkeyIys": {"recipientType": "TACIR", "brandCode": 4711}}}},
                  {"destinations": [{"to": "821012345678", "messageId": "id-3"}], "content": {"text": "A"},
                   "options": {"regional": {"southKorea": {"resellerCode": 123456789}}}},
                  {"destinations": [{"to": "447700900123", "messageId": "id-4"}], "content": {"text": "A"}},
                  {"destinations": [{"to": "12025550123", "messageId": "id-5"}], "content": {"text": "A"}}]}""");
    }

    @Test
    void clickTrackingOnInfobipsDomain() throws Exception {
        bridge.send("default-domain", "{\"to\": \"447700900123\", \"text\": \"A\", \"mid\": \"m.\"}");
        assertCall("""
                {"messages": [{"destinations": [{"to": "447700900123", "messageId": "id-1"}], "content": {"text": "A"},
                               "webhooks": {"callbackData": "m."}}],
                 "options": {"tracking": {"shortenUrl": true, "trackClicks": true}}}""");
    }

    @Test
    void clickTrackingOnACustomDomainWithAPublicUrl() throws Exception {
        bridge.send("custom-domain", "{\"to\": \"447700900123\", \"text\": \"A\"}");
        assertCall("""
                {"messages": [{"destinations": [{"to": "447700900123", "messageId": "id-1"}], "content": {"text": "A"},
                   "webhooks": {"delivery": {"url": "https://sms.example.com/infobip/delivery-reports/custom-domain/t0ken"},
                                "contentType": "application/json"}}],
                 "options": {"tracking": {"shortenUrl": true, "trackClicks": true, "customDomain": "go.example.com",
                   "trackingUrl": "https://sms.example.com/infobip/clicks/custom-domain/t0ken"}}}""");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "plain | \"shortenUrl\": true | {\"shortenUrl\": true, \"trackClicks\": true}",
        "plain | \"shortenUrl\": \"true\", \"trackClicks\": false | {\"shortenUrl\": true, \"trackClicks\": false}",
        "default-domain | \"shortenUrl\": false | {\"shortenUrl\": false, \"trackClicks\": false}",
        "custom-domain | \"trackClicks\": \"false\" | {\"shortenUrl\": true, \"trackClicks\": false, \"customDomain\": \"go.example.com\"}"})
    void aRequestOverridesTheAccountsTracking(String account, String fields, String tracking) throws Exception {
        bridge.send(account, "{\"to\": \"447700900123\", \"text\": \"A\", " + fields + "}");
        assertThat(call().at("/options/tracking")).isEqualTo(JSON.readTree(tracking));
    }

    @Test
    void aRequestsOwnFieldsGoWithTheMessage() throws Exception {
        bridge.send("plain", """
                {"to": "447700900123", "text": "A", "sender": "Other", "mid": "447700900123.1.x.-1.", "validityPeriod": "90",
                 "flash": true, "transliteration": "TURKISH", "languageCode": "TR", "sendAt": "2026-12-24T09:00:00+0100",
                 "campaignReferenceId": "spring", "entityId": "e", "applicationId": "a", "notify": false, "unknown": 1}""");
        assertCall("""
                {"messages": [{
                  "sender": "Other",
                  "destinations": [{"to": "447700900123", "messageId": "id-1"}],
                  "content": {"text": "A", "transliteration": "TURKISH", "language": {"languageCode": "TR"}},
                  "options": {"platform": {"entityId": "e", "applicationId": "a"},
                              "validityPeriod": {"amount": 90, "timeUnit": "MINUTES"},
                              "campaignReferenceId": "spring", "flash": true},
                  "webhooks": {"delivery": {"notify": false}, "callbackData": "447700900123.1.x.-1."}}],
                 "options": {"schedule": {"sendAt": "2026-12-24T08:00:00.000+0000"}}}""");
    }

    @Test
    void tellsOfEachRecipientWhatInfobipSaid() throws Exception {
        bridge.send("plain", """
                {"messages": [{"to": "447700900121", "text": "ok", "mid": "m1"},
                              {"to": "447700900122", "text": "status=5.10 do not disturb", "mid": "m2"},
                              {"to": "447700900123", "text": "status=5.23 an earlier try of ours got through", "mid": "m3"},
                              {"to": "447700900124", "text": "status=9.1 a group not known yet", "mid": "m4"}]}""");
        List<JsonNode> events = events(4);
        assertThat(events).extracting(event -> event.get("meta").asText() + " " + event.get("type").asText())
                .containsExactly("m1 sent", "m2 failed", "m3 sent", "m4 sent");
        JsonNode failed = events.get(1);
        assertThat(failed.get("failureCode").asText()).isEqualTo("901");
        assertThat(failed.get("to").asText()).isEqualTo("447700900122");
        assertThat(failed.get("from").asText()).isEqualTo("Shop");
        assertThat(failed.get("account").asText()).isEqualTo("plain");
        assertThat(failed.at("/status/description").asText()).isEqualTo("described");
    }

    @Test
    void tellsDownstreamsOfRecipientsRefusedAmongOthers() throws Exception {
        bridge.send("plain", """
                {"text": "A", "messages": [{"to": "447700900121", "mid": "r1"}, {"to": "12", "mid": "r2"},
                                           {"to": "447700900122", "mid": "r3", "flash": "x"}]}""");
        assertThat(events(3)).extracting(event -> event.get("meta").asText() + " " + event.get("type").asText() + " "
                + event.path("failureCode").asText()).containsExactlyInAnyOrder("r1 sent ", "r2 failed 910", "r3 failed 900");
    }

    /** Time enough for a first call, on a machine with other work as well. */
    private static final int SOON = 8;

    /** Has Infobip refuse the first call, and ask for more time than there is until soon. */
    private static void refusesUntilSoonHasPassed() {
        infobip.answers(aResponse().withStatus(503).withHeader("Retry-After", String.valueOf(SOON + 1)));
    }

    private static String soon() {
        return java.time.Instant.now().plusSeconds(SOON).toString();
    }

    private String reasonInHistory(String id) throws Exception {
        JsonNode message = JSON.readTree(bridge.get("/sms/messages/" + id).body()).at("/messages/0");
        return message.get("state").asText() + " " + message.path("reason").asText();
    }

    @Test
    void whoseTimeHasPassedWhileWaitingIsNotSentAndTheOthersAre() throws Exception {
        refusesUntilSoonHasPassed();
        String late = TestBridge.newId();
        String later = TestBridge.newId();
        JsonNode answer = bridge.send("plain", """
                {"text": "A", "messages": [{"to": "447700900121", "mid": "%s", "validityPeriod": {"amount": %s, "timeUnit": "SECONDS"}},
                                           {"to": "447700900122", "mid": "in time", "sendBefore": "2099-01-01T00:00:00Z"},
                                           {"to": "447700900123", "mid": "%s", "sendBefore": "%s"},
                                           {"to": "447700900124", "mid": "any time"}]}""".formatted(late, SOON, later, soon()));
        List<JsonNode> events = events(4);
        assertThat(events).filteredOn(event -> event.get("type").asText().equals("failed")).hasSize(2).allSatisfy(event -> {
            assertThat(event.get("meta").asText()).isIn(late, later);
            assertThat(event.get("failureCode").asText()).isEqualTo("916");
            assertThat(event.get("from").asText()).isEqualTo("Shop");
            assertThat(event.get("account").asText()).isEqualTo("plain");
            assertThat(event.at("/status/description").asText()).startsWith("not sent: it waited in the bridge, and was to be sent before 20");
        });
        assertThat(events).filteredOn(event -> event.get("type").asText().equals("sent")).extracting(event -> event.get("meta").asText())
                .containsExactlyInAnyOrder("in time", "any time");
        assertThat(infobip.calls()).hasSize(2);
        assertThat(infobip.calls().get(1).findValuesAsText("to")).containsExactly("447700900122", "447700900124");
        assertThat(infobip.calls().get(1).toString()).doesNotContain("sendBefore");
        assertThat(reasonInHistory(answer.at("/messages/0/messageId").asText())).isEqualTo("failed EXPIRED_BEFORE_SENDING");
    }

    @Test
    void aCallOfWhichNobodyIsLeftIsNotMade() throws Exception {
        refusesUntilSoonHasPassed();
        bridge.send("plain", "{\"to\": \"447700900123\", \"text\": \"Your code is 1\", \"validUntil\": \"" + soon() + "\"}");
        assertThat(events(1).get(0).get("failureCode").asText()).isEqualTo("916");
        bridge.awaitIdle();
        assertThat(infobip.calls()).hasSize(1);
    }

    /** Infobip keeps it until then, and the validity counts from there. */
    @Test
    void whatIsToBeSentLaterIsValidFromThenOn() throws Exception {
        infobip.answers(aResponse().withStatus(503).withHeader("Retry-After", "2"));
        String at = java.time.Instant.now().plusSeconds(600).toString();
        bridge.send("plain", "{\"to\": \"447700900123\", \"text\": \"A\", \"sendAt\": \"" + at
                + "\", \"validityPeriod\": {\"amount\": 1, \"timeUnit\": \"SECONDS\"}}");
        assertThat(events(1).get(0).get("type").asText()).isEqualTo("sent");
    }

    @Test
    void aDeadLetterPutBackAfterItsTimeIsNotSent() throws Exception {
        infobip.answers(aResponse().withStatus(503));
        bridge.send("impatient", "{\"to\": \"447700900123\", \"text\": \"A\", \"mid\": \"" + TestBridge.newId() + "\", \"sendBefore\": \"" + soon() + "\"}");
        await().until(() -> bridge.letters("queue=sends.impatient").get("total").asInt() == 1);
        String id = bridge.letters("queue=sends.impatient").at("/letters/0/id").asText();
        java.time.Instant before = java.time.Instant.parse(
                JSON.readTree(bridge.manage("GET", "/dead-letters/" + id, "").body()).at("/payload/0/sendBefore").asText());
        await().until(() -> java.time.Instant.now().isAfter(before.plusSeconds(1)));
        assertThat(bridge.manage("POST", "/dead-letters/" + id + "/replay", "").statusCode()).isEqualTo(200);
        bridge.awaitIdle();
        assertThat(infobip.calls()).hasSize(1);
    }

    static List<ResponseDefinitionBuilder> safeToTryAgain() {
        return List.of(
                aResponse().withStatus(429).withBody("{\"errorCode\": \"E429\", \"description\": \"slow down\"}"),
                aResponse().withStatus(503),
                aResponse().withStatus(500).withBody("<html>"),
                aResponse().withFixedDelay(10_000),
                aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER),
                aResponse().withFault(Fault.MALFORMED_RESPONSE_CHUNK),
                aResponse().withBody("not JSON"),
                aResponse().withBody("not JSON").withHeader("Content-Type", "text/html; charset=none-such"),
                aResponse().withBody("{}"),
                aResponse().withBody("{\"messages\": [{\"messageId\": \"another\", \"status\": {\"groupId\": 1, \"id\": 26}}]}"),
                aResponse().withBody("{\"messages\": []}"));
    }

    @ParameterizedTest
    @MethodSource("safeToTryAgain")
    void triesAgainUnderTheSameMessageId(ResponseDefinitionBuilder failure) throws Exception {
        infobip.answers(failure, failure);
        String id = bridge.send("plain", "{\"to\": \"447700900123\", \"text\": \"A\", \"mid\": \"" + TestBridge.newId() + "\"}")
                .at("/messages/0/messageId").asText();
        assertThat(events(1).get(0).get("type").asText()).isEqualTo("sent");
        assertThat(infobip.messageIds()).containsExactly(id, id, id);
    }

    @Test
    void waitsAsLongAsInfobipAsks() throws Exception {
        infobip.answers(aResponse().withStatus(429).withHeader("Retry-After", "2"));
        bridge.send("plain", "{\"to\": \"447700900123\", \"text\": \"A\"}");
        events(1);
        var calls = infobip.server.getAllServeEvents();
        long waited = calls.get(0).getRequest().getLoggedDate().getTime() - calls.get(1).getRequest().getLoggedDate().getTime();
        assertThat(waited).isGreaterThanOrEqualTo(1900);
    }

    @Test
    void aRetryOfOneCallHoldsUpNoOther() throws Exception {
        infobip.answers(aResponse().withStatus(503).withHeader("Retry-After", "6"));
        String late = bridge.send("plain", "{\"to\": \"447700900123\", \"text\": \"late\"}").at("/messages/0/messageId").asText();
        await().until(() -> infobip.calls().size() == 1);
        String soon = bridge.send("plain", "{\"to\": \"447700900124\", \"text\": \"soon\"}").at("/messages/0/messageId").asText();
        assertThat(events(2)).extracting(event -> event.get("messageId").asText()).containsExactly(soon, late);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "400 | {\"errorCode\": \"E400\", \"description\": \"Bad\", \"action\": \"Mend\", \"violations\": [{\"property\": \"messages\", \"violation\": \"is empty\"}], \"resources\": []} | E400 | Bad; Mend; messages: is empty",
        "402 | {\"errorCode\": \"E402\", \"description\": \"Who?\", \"action\": \"\", \"violations\": [], \"resources\": []} | E402 | Who?",
        "405 | {\"requestError\": {\"serviceException\": {\"messageId\": \"FORBIDDEN\", \"text\": \"No\"}}} | FORBIDDEN | No",
        "400 | {\"requestError\": {\"serviceException\": {\"messageId\": \"BAD_REQUEST\", \"text\": \"Bad\", \"validationErrors\": {\"to\": [\"one\", \"two\"]}}}} | BAD_REQUEST | Bad; to: one, two",
        "404 | not JSON | HTTP_404 | not JSON"})
    void keepsWhatInfobipRefusesAndTellsWhy(int status, String body, String name, String description) throws Exception {
        infobip.answers(aResponse().withStatus(status).withBody(body));
        bridge.send("plain", "{\"to\": \"447700900123\", \"text\": \"A\", \"mid\": \"" + TestBridge.newId() + "\"}");

        JsonNode event = events(1).get(0);
        assertThat(event.get("type").asText()).isEqualTo("failed");
        assertThat(event.get("failureCode").asText()).isEqualTo("904");
        assertThat(event.at("/status/name").asText()).isEqualTo(name);
        assertThat(event.at("/status/description").asText()).isEqualTo(description);
        assertThat(infobip.calls()).hasSize(1);

        JsonNode deadLetter = bridge.takeLetter("sends.plain");
        assertThat(deadLetter.get("reason").asText()).isEqualTo("HTTP " + status + ", " + name + ": " + description);
        assertThat(deadLetter.at("/payload/0/to").asText()).isEqualTo("447700900123");
    }

    @Test
    void givesUpWhereItsRetriesHaveRunOut() throws Exception {
        infobip.answers(aResponse().withStatus(503));
        bridge.send("impatient", "{\"to\": \"447700900123\", \"text\": \"A\", \"mid\": \"" + TestBridge.newId() + "\"}");
        assertThat(events(1).get(0).get("failureCode").asText()).isEqualTo("914");
        assertThat(bridge.takeLetter("sends.impatient").get("attempts").asInt()).isEqualTo(1);
    }

    @Test
    void tellsThatNobodyAnswered() throws Exception {
        bridge.send("nowhere", "{\"to\": \"447700900123\", \"text\": \"A\", \"mid\": \"" + TestBridge.newId() + "\"}");
        JsonNode event = events(1).get(0);
        assertThat(event.at("/status/name").asText()).isEqualTo("NO_ANSWER");
        assertThat(event.at("/status/description").asText()).contains("Connection refused");
        bridge.takeLetter("sends.nowhere");
    }
}
