package io.smsbridge.send;

import static io.smsbridge.TestBridge.JSON;
import static io.smsbridge.TestBridge.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request asks of Infobip beside the text: it reaches Infobip, or the answer says that it does not. */
class SendOptionsTest {

    private static final String DAY = "\"from\": {\"hour\": 9, \"minute\": 0}, \"to\": {\"hour\": 20, \"minute\": 30}";

    @TempDir
    static Path home;
    static ScriptedInfobip infobip;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        infobip = new ScriptedInfobip();
        bridge = new TestBridge(home, """
                account.main.baseUrl=%1$s
                account.main.apiKey=k
                account.main.batchSize=2
                account.quiet.baseUrl=%1$s
                account.quiet.apiKey=k
                account.quiet.deliveryTimeWindow=Monday-Wednesday, SUNDAY 9:00 - 20:30
                sms.default-account=main
                optOut.enforce=true
                """.formatted(infobip.url()));
    }

    @AfterAll
    static void stop() {
        bridge.close();
        infobip.close();
    }

    @BeforeEach
    void forget() {
        bridge.awaitIdle();
        infobip.acceptAll();
    }

    private static List<JsonNode> calls(int count) {
        await().until(() -> infobip.calls().size() == count);
        bridge.awaitIdle();
        assertThat(infobip.calls()).hasSize(count);
        return infobip.calls();
    }

    private static JsonNode window(String account, String given) throws Exception {
        bridge.send(account, "{\"to\": \"447700900123\", \"text\": \"Hi\"" + given + "}");
        return calls(1).get(0).at("/messages/0/options/deliveryTimeWindow");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"days\": [\"MONDAY\", \"sunday\"], " + DAY + "} | {\"days\": [\"MONDAY\", \"SUNDAY\"], " + DAY + "}",
        "{\"days\": [\"MONDAY\"]} | {\"days\": [\"MONDAY\"]}",
        "\"Monday 09:00-20:30\" | {\"days\": [\"MONDAY\"], " + DAY + "}",
        "\"SATURDAY-MONDAY\" | {\"days\": [\"SATURDAY\", \"SUNDAY\", \"MONDAY\"]}",
        "\"FRIDAY 17:00-04:00\" | {\"days\": [\"FRIDAY\"], \"from\": {\"hour\": 17, \"minute\": 0}, \"to\": {\"hour\": 4, \"minute\": 0}}"})
    void aDeliveryTimeWindowGoesWithTheMessage(String given, String sent) throws Exception {
        assertThat(window("main", ", \"deliveryTimeWindow\": " + given)).isEqualTo(JSON.readTree(sent));
    }

    @Test
    void anAccountsWindowHoldsWhereTheRequestHasNone() throws Exception {
        assertThat(window("quiet", "")).isEqualTo(JSON.readTree("{\"days\": [\"MONDAY\", \"TUESDAY\", \"WEDNESDAY\", \"SUNDAY\"], " + DAY + "}"));
        infobip.acceptAll();
        assertThat(window("quiet", ", \"deliveryTimeWindow\": \"FRIDAY\"")).isEqualTo(JSON.readTree("{\"days\": [\"FRIDAY\"]}"));
        infobip.acceptAll();
        assertThat(window("main", "").isMissingNode()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"at night\"", "\"09:00-20:00\"", "\"MONDAY 09:00-09:30\"", "\"MONDAY 10:00-09:30\"", "\"MONDAY 23:30-00:15\"",
        "\"MONDAY 09:00-24:00\"", "\"MONDAY 09:60-20:00\"", "\"MON-FRI 09:00-20:00\"", "\"MONDAY-WEDNESDAY-FRIDAY\"", "7", "true", "[\"MONDAY\"]", "{}",
        "{\"days\": []}", "{\"days\": \"MONDAY\"}", "{\"days\": [\"MONTAG\"]}", "{\"days\": [\"MONDAY\"], \"from\": {\"hour\": 9, \"minute\": 0}}",
        "{\"days\": [\"MONDAY\"], \"from\": {\"hour\": 9}, \"to\": {\"hour\": 20}}", "{\"days\": [\"MONDAY\"], \"timeZone\": \"CET\"}",
        "{\"days\": [\"MONDAY\"], \"from\": {\"hour\": 24, \"minute\": 0}, \"to\": {\"hour\": 20, \"minute\": 0}}"})
    void whatIsNoWindowIsRefusedByName(String given) throws Exception {
        JsonNode answer = JSON.readTree(bridge.post("/sms/send/main", "{\"messages\": [{\"to\": \"447700900123\", \"text\": \"Hi\"},"
                + "{\"to\": \"447700900124\", \"text\": \"Hi\", \"deliveryTimeWindow\": " + given + "}]}").body());
        assertThat(answer.at("/rejected/0/reason").asText()).startsWith("deliveryTimeWindow: has to be days and hours in UTC, at least one hour apart");
        assertThat(answer.get("rejected")).hasSize(1);
        assertThat(calls(1).get(0).findValuesAsText("to")).containsExactly("447700900123");
    }

    private static String recipients(int from, int to, String beside) {
        return "{\"messages\": [" + IntStream.range(from, to).mapToObj(i -> "{\"to\": \"4477009001%02d\", \"text\": \"Hi\"}".formatted(i))
                .collect(Collectors.joining(",")) + "]" + beside + "}";
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"amount\": 10, \"timeUnit\": \"HOUR\"} | {\"amount\": 10, \"timeUnit\": \"HOUR\"}",
        "{\"amount\": 10} | {\"amount\": 10, \"timeUnit\": \"MINUTE\"}",
        "\"30\" | {\"amount\": 30, \"timeUnit\": \"MINUTE\"}"})
    void aSendingSpeedLimitHoldsForTheWholeRequestInOneCall(String given, String sent) throws Exception {
        bridge.send("main", recipients(0, 5, ", \"sendingSpeedLimit\": " + given));
        JsonNode call = calls(1).get(0);
        assertThat(call.get("messages")).hasSize(5);
        assertThat(call.at("/options/schedule")).isEqualTo(JSON.readTree("{\"sendingSpeedLimit\": " + sent + "}"));
    }

    @Test
    void recipientsOfAnotherSpeedAreInCallsOfTheirOwn() throws Exception {
        bridge.send("main", """
                {"messages": [{"to": "447700900121", "text": "Hi", "sendingSpeedLimit": 5}, {"to": "447700900122", "text": "Hi"},
                              {"to": "447700900123", "text": "Hi", "sendingSpeedLimit": {"amount": 5, "timeUnit": "DAY"}}]}""");
        assertThat(calls(3)).extracting(call -> call.findValuesAsText("to") + " " + call.at("/options/schedule/sendingSpeedLimit/timeUnit").asText())
                .containsExactlyInAnyOrder("[447700900121] MINUTE", "[447700900122] ", "[447700900123] DAY");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "sendingSpeedLimit | 0", "sendingSpeedLimit | \"fast\"", "sendingSpeedLimit | {\"timeUnit\": \"HOUR\"}",
        "sendingSpeedLimit | {\"amount\": 5, \"timeUnit\": \"SECOND\"}", "sendingSpeedLimit | {\"amount\": 5, \"unit\": \"HOUR\"}",
        "validityPeriod | {\"amount\": 5, \"unit\": \"HOURS\"}"})
    void whatIsNoAmountIsRefusedByName(String field, String given) throws Exception {
        var response = bridge.post("/sms/send/main", recipients(0, 1, ", \"" + field + "\": " + given));
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(JSON.readTree(response.body()).at("/rejected/0/reason").asText()).startsWith(field + ": has to be m");
    }

    @Test
    void theAnswerNamesEachFieldThatIsNotKnown() throws Exception {
        String id = newId();
        String request = """
                {"tid": "1", "includeSmsCountInResponse": true, "conversionTracking": {"useConversionTracking": true}, "empty": "", "none": null,
                 "messages": [{"to": "447700900123", "text": "Hi", "mid": "%s", "notifyUrl": "https://example.com", "unfilled": "$$Unfilled"},
                              {"to": "447700900124", "text": "Hi", "NotifyURL": 1, "notifyUrl": 2}, {"to": "x", "text": "Hi", "speed": 3}]}""".formatted(id);
        assertThat(bridge.send("main", request).get("ignored")).extracting(JsonNode::asText)
                .containsExactlyInAnyOrder("includeSmsCountInResponse", "conversionTracking", "notifyUrl", "NotifyURL", "speed");
        // Answered through the ledger, as the id is known.
        assertThat(bridge.send("main", request).get("ignored")).hasSize(5);
        assertThat(bridge.send("main", "{\"to\": \"447700900123\", \"text\": \"Hi\", \"Flash\": true, \"colour\": \"red\"}").get("ignored"))
                .isEqualTo(JSON.readTree("[\"colour\"]"));
        assertThat(JSON.readTree(bridge.get("/sms/send/main?to=447700900123&text=Hi&deliveryTimeWindow=MONDAY&sound=loud").body()).get("ignored"))
                .isEqualTo(JSON.readTree("[\"sound\"]"));
        assertThat(bridge.send("main", recipients(0, 1, "")).has("ignored")).isFalse();
    }
}
