package io.smsbridge;

import static io.smsbridge.TestBridge.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sandbox refuses what Infobip would refuse, and plays each fate that a message can have. */
class SandboxTest {

    private static final String SEND = "/sandbox/infobip/sms/3/messages";

    @TempDir
    static Path home;
    static ScriptedDownstream downstream;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        downstream = new ScriptedDownstream();
        bridge = new TestBridge(home, """
                account.sandbox.baseUrl=http://localhost:{{http.port}}/sandbox/infobip
                account.sandbox.apiKey={{sandbox.apiKey}}
                account.sandbox.sender=Bridge
                account.sandbox.clickTracking=default-domain
                account.sandbox.publicUrl=http://localhost:{{http.port}}
                account.sandbox.retryDelay=100ms
                account.sandbox.responseTimeout=1000
                sandbox.firstSms=false
                downstream.clevertap.url=http://localhost:{{http.port}}/sandbox/downstream/clevertap
                downstream.clevertap.format=clevertap
                downstream.events.url=%s/events
                downstream.events.format=events
                downstream.events.events=sent,delivered,failed,replied
                """.formatted(downstream.url()), "events.jslt", "// with raw\n.");
    }

    @AfterAll
    static void stop() {
        bridge.close();
        downstream.close();
    }

    @BeforeEach
    void forget() {
        downstream.takeAll();
    }

    private static HttpResponse<String> send(String body) throws Exception {
        return bridge.post(SEND, body, "Authorization", "App sandbox-key");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{} | required property 'messages' not found",
        "{\"messages\": []} | must have at least 1 items",
        "{\"messages\": [{\"destinations\": [{\"to\": \"1\"}]}]} | required property 'content' not found",
        "{\"messages\": [{\"content\": {\"text\": \"x\"}}]} | required property 'destinations' not found",
        "{\"messages\": [{\"destinations\": [{\"messageId\": \"1\"}], \"content\": {\"text\": \"x\"}}]} | required property 'to' not found",
        "{\"messages\": [{\"destinations\": [{\"to\": 447700900123}], \"content\": {\"text\": \"x\"}}]} | integer found, string expected",
        "{\"messages\": [{\"from\": \"x\", \"destinations\": [{\"to\": \"1\"}], \"content\": {\"text\": \"x\"}}]} | property 'from' is not defined",
        "{\"messages\": [{\"destinations\": [{\"to\": \"1\"}], \"content\": {\"text\": \"x\", \"transliteration\": \"X\"}}]} | does not have a value in the enumeration",
        "{\"messages\": [{\"destinations\": [{\"to\": \"1\"}], \"content\": {\"text\": \"x\"}, \"options\": {\"regional\": {\"turkeyIys\": {\"recipientType\": \"BIREYSEL\", \"brandCode\": \"7\"}}}}]} | string found, integer expected",
        "{\"messages\": [{\"destinations\": [{\"to\": \"1\"}], \"content\": {\"text\": \"x\"}, \"options\": {\"regional\": {\"indiaDlt\": {}}}}]} | required property 'principalEntityId' not found",
        "{\"messages\": [{\"destinations\": [{\"to\": \"1\"}], \"content\": {\"text\": \"x\"}}], \"options\": {\"schedule\": {\"sendAt\": \"2026-12-24T09:00:00Z\"}}} | does not match the regex pattern",
        "{\"messages\": [{\"destinations\": [{\"to\": \"1\"}], \"content\": {\"text\": \"x\"}}], \"urlOptions\": {}} | property 'urlOptions' is not defined"})
    void refusesWhatInfobipWouldRefuse(String body, String violation) throws Exception {
        HttpResponse<String> response = send(body);
        assertThat(response.statusCode()).isEqualTo(400);
        JsonNode error = JSON.readTree(response.body());
        assertThat(error.get("errorCode").asText()).isEqualTo("E400");
        assertThat(error.get("violations").findValuesAsText("violation").toString()).contains(violation);
        assertThat(error.get("resources")).isEmpty();
    }

    @Test
    void refusesAWrongKey() throws Exception {
        HttpResponse<String> response = bridge.post(SEND, "{}", "Authorization", "App other");
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(JSON.readTree(response.body()).get("errorCode").asText()).isEqualTo("E401");
    }

    @Test
    void refusesAMessageIdItHasSeen() throws Exception {
        String body = "{\"messages\": [{\"destinations\": [{\"to\": \"447700900123\", \"messageId\": \"" + UUID.randomUUID()
                + "\"}], \"content\": {\"text\": \"x\"}}]}";
        assertThat(JSON.readTree(send(body).body()).at("/messages/0/status/name").asText()).isEqualTo("PENDING_ACCEPTED");
        assertThat(JSON.readTree(send(body).body()).at("/messages/0/status/id").asInt()).isEqualTo(23);
    }

    private static String sendTo(String number) throws Exception {
        return bridge.send("sandbox", "{\"to\": \"" + number + "\", \"text\": \"See https://example.com/a and http://b.example\", "
                + "\"mid\": \"meta-" + number + "\"}").at("/messages/0/messageId").asText();
    }

    private static List<JsonNode> eventsOf(String id) {
        return downstream.items("/events").stream().filter(event -> event.get("messageId").asText().equals(id)).toList();
    }

    /** The types of the events that a message leads to, in their order. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "447700900123 | sent, delivered |",
        "447700909001 | failed | 910", "447700909002 | sent, failed | 910", "447700909003 | sent, failed | 916",
        "447700909004 | sent, failed | 908", "447700909005 | sent, failed | 903", "447700909006 | sent, delivered |",
        "447700909007 | sent, sent, delivered |", "447700909401 | failed | 904", "447700909429 | sent, delivered |",
        "447700909500 | sent, delivered |", "447700909504 | sent, delivered |"})
    void magicNumbersChooseTheFate(String number, String types, String code) throws Exception {
        String id = sendTo(number);
        await().until(() -> eventsOf(id).size() == types.split(", ").length);
        List<JsonNode> events = eventsOf(id);
        assertThat(events).extracting(event -> event.get("type").asText()).containsExactlyInAnyOrder(types.split(", "));
        assertThat(events).allSatisfy(event -> assertThat(event.get("account").asText()).isEqualTo("sandbox"));
        if (code != null) {
            assertThat(events).anySatisfy(event -> assertThat(event.path("failureCode").asText()).isEqualTo(code));
        }
    }

    @ParameterizedTest
    @CsvSource({"447700909010, YES", "447700909011, STOP", "447700909012, STOP"})
    void someRecipientsWriteBack(String number, String text) throws Exception {
        sendTo(number);
        await().until(() -> downstream.items("/events").stream().anyMatch(event -> event.get("type").asText().equals("replied")));
        JsonNode reply = downstream.items("/events").stream().filter(event -> event.get("type").asText().equals("replied"))
                .findFirst().orElseThrow();
        assertThat(reply.get("from").asText()).isEqualTo(number);
        assertThat(reply.get("to").asText()).isEqualTo("Bridge");
        assertThat(reply.get("text").asText()).isEqualTo(text);
    }

    @Test
    void showsTheSmsWithItsLinksShortened() throws Exception {
        sendTo("447700900777");
        await().untilAsserted(() -> {
            JsonNode sms = JSON.readTree(bridge.get("/sandbox/handsets").body()).get(0);
            assertThat(sms.get("to").asText()).isEqualTo("447700900777");
            assertThat(sms.get("from").asText()).isEqualTo("Bridge");
            assertThat(sms.get("text").asText()).matches("See https://sho\\.rt/\\w{8} and https://sho\\.rt/\\w{8}");
        });
    }

    @Test
    void theEchoListsWhatCleverTapWasTold() throws Exception {
        sendTo("447700900778");
        await().untilAsserted(() -> {
            JsonNode told = JSON.readTree(bridge.get("/sandbox/downstream").body()).get(0);
            assertThat(told.get("name").asText()).isEqualTo("clevertap");
            assertThat(told.at("/body/0/event").asText()).isEqualTo("delivered");
            assertThat(told.at("/body/0/data/0/meta").asText()).isEqualTo("meta-447700900778");
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "[{\"event\": \"opened\", \"data\": [{\"ts\": 1767225600, \"meta\": \"m\"}]}]",
        "[{\"event\": \"failed\", \"data\": [{\"ts\": 1767225600, \"meta\": \"m\"}]}]",
        "[{\"event\": \"delivered\", \"data\": [{\"ts\": \"1767225600\", \"meta\": \"m\"}]}]",
        "[{\"event\": \"delivered\", \"data\": [{\"ts\": 1767225600000, \"meta\": \"m\"}]}]",
        "[{\"event\": \"delivered\", \"data\": [{\"ts\": 1767225600}]}]"})
    void theEchoRefusesWhatCleverTapWouldRefuse(String body) throws Exception {
        assertThat(bridge.post("/sandbox/downstream/clevertap", body).statusCode()).isEqualTo(400);
    }

    @Test
    void postsReportsToThisMachineOnly() throws Exception {
        String body = """
                {"messages": [{"destinations": [{"to": "447700900123"}], "content": {"text": "x"},
                               "webhooks": {"delivery": {"url": "http://127.0.0.1:%1$d/here"}}},
                              {"destinations": [{"to": "447700900123"}], "content": {"text": "x"},
                               "webhooks": {"delivery": {"url": "http://127.0.0.2:%1$d/elsewhere"}}}]}""".formatted(downstream.server.port());
        assertThat(send(body).statusCode()).isEqualTo(200);
        await().until(() -> downstream.posts("/here").size() == 1);
        assertThat(downstream.posts("/elsewhere")).isEmpty();
    }
}
