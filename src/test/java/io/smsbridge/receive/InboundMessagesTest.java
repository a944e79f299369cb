package io.smsbridge.receive;

import static io.smsbridge.TestBridge.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** POST /infobip/inbound-messages and /infobip/clicks: every shape that comes, and the event it becomes. */
class InboundMessagesTest {

    @TempDir
    static Path home;
    static ScriptedDownstream downstream;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        downstream = new ScriptedDownstream();
        bridge = new TestBridge(home, """
                account.main.baseUrl=http://localhost:1
                account.main.apiKey=k
                sms.default-account=main
                downstream.events.url=%1$s/events
                downstream.events.format=events
                downstream.events.itemsPerPost=2000
                downstream.clevertap.url=%1$s/clevertap
                downstream.clevertap.format=clevertap
                """.formatted(downstream.url()), "events.jslt", "// with raw\n.");
    }

    @AfterAll
    static void stop() {
        bridge.close();
        downstream.close();
    }

    @BeforeEach
    void forget() {
        bridge.awaitIdle();
        downstream.takeAll();
    }

    private static void post(String kind, String body) throws Exception {
        assertThat(bridge.post("/infobip/" + kind + "/main", body, "Content-Type", "application/json").statusCode()).isEqualTo(200);
    }

    private static List<JsonNode> events(int count) {
        await().until(() -> downstream.items("/events").size() == count);
        return downstream.items("/events");
    }

    @Test
    void anInboundMessageBecomesAReply() throws Exception {
        String result = """
                {"applicationId": "a", "messageId": "mo-1", "from": "447700900123", "to": "447860000000", "text": "SALE 👍 हाँ",
                 "cleanText": "👍 हाँ", "keyword": "SALE", "receivedAt": "2026-11-23T15:00:00.000+0500", "smsCount": 1,
                 "price": {"pricePerMessage": 0, "currency": "EUR"}, "callbackData": "number's own", "entityId": "e",
                 "campaignReferenceId": "spring"}""";
        post("inbound-messages", "{\"results\": [" + result + "], \"messageCount\": 1, \"pendingMessageCount\": 0}");
        assertThat(events(1).get(0)).isEqualTo(JSON.readTree("""
                {"id": "mo-1:replied", "type": "replied", "time": "2026-11-23T10:00:00.000Z", "account": "main", "messageId": "mo-1",
                 "from": "447700900123", "to": "447860000000", "text": "SALE 👍 हाँ", "cleanText": "👍 हाँ", "infobipKeyword": "SALE",
                 "parts": 1, "price": {"pricePerMessage": 0, "currency": "EUR"}, "callbackData": "number's own", "entityId": "e",
                 "applicationId": "a", "campaignReferenceId": "spring", "raw": %s}""".formatted(result)));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"messageId\": \"1\", \"sender\": \"447700900123\", \"destination\": \"447860000000\", \"content\": [{\"type\": \"TEXT\", \"text\": \"Hi there\", \"cleanText\": \"there\"}]}",
        "{\"from\": \"447700900123\", \"to\": \"447860000000\", \"text\": \"Hi there\", \"cleanText\": \"there\"}"})
    void theVariantsOfAnInboundMessageBecomeTheSameReply(String result) throws Exception {
        post("inbound-messages", "{\"results\": [" + result + "]}");
        JsonNode event = events(1).get(0);
        assertThat(event.get("from").asText()).isEqualTo("447700900123");
        assertThat(event.get("to").asText()).isEqualTo("447860000000");
        assertThat(event.get("text").asText()).isEqualTo("Hi there");
        assertThat(event.get("cleanText").asText()).isEqualTo("there");
        assertThat(event.get("messageId").asText()).isNotBlank();
        assertThat(event.get("time").asText()).isNotBlank();
    }

    @Test
    void anMmsBecomesAReplyWithItsTextAndItsFiles() throws Exception {
        post("inbound-messages", """
                {"results": [{"messageId": "mms", "from": "447700900123", "to": "447860000000", "message": [
                  {"contentType": "text/plain", "value": "STOP"}, {"contentType": "image/jpeg", "url": "https://files.example.com/1.jpg"},
                  {"contentType": "text/plain", "value": "please"}]}]}""");
        JsonNode event = events(1).get(0);
        assertThat(event.get("text").asText()).isEqualTo("STOP\nplease");
        assertThat(event.get("media")).isEqualTo(JSON.readTree("[\"https://files.example.com/1.jpg\"]"));
    }

    @Test
    void takesTwoThousandMessagesInOnePost() throws Exception {
        post("inbound-messages", IntStream.range(0, 2000).mapToObj(i -> "{\"messageId\": \"many" + i + "\", \"from\": \"447700900123\"}")
                .collect(Collectors.joining(",", "{\"results\": [", "]}")));
        assertThat(events(2000)).extracting(event -> event.get("messageId").asText()).doesNotHaveDuplicates();
    }

    @Test
    void whatSaysNothingIsKeptAndTheRestGoesOn() throws Exception {
        post("inbound-messages", "{\"results\": [{\"receivedAt\": \"2026-11-23T15:00:00.000+0000\"}, 7, {\"from\": \"447700900123\"}]}");
        assertThat(events(1).get(0).get("from").asText()).isEqualTo("447700900123");
        for (int i = 0; i < 2; i++) {
            assertThat(bridge.takeLetter("webhooks.inbound-messages")).isNotNull();
        }
    }

    @Test
    void aClickBecomesAnEventAndCleverTapsCallback() throws Exception {
        post("clicks", """
                {"notificationType": "CLICKED", "url": "https://example.com/offer", "recipient": "447700900123",
                 "sendDateTime": 1767225600123, "messageId": "m1", "bulkId": "b", "callbackData": "meta.",
                 "recipientInfo": {"deviceType": "Phone", "os": "Android", "deviceName": "P"},
                 "geoLocationInfo": {"countryName": "United Kingdom", "city": "London"}, "applicationId": "a", "entityId": "e"}""");
        JsonNode event = events(1).get(0);
        assertThat(event.get("type").asText()).isEqualTo("clicked");
        assertThat(event.get("time").asText()).isEqualTo("2026-01-01T00:00:00.123Z");
        assertThat(event.get("url").asText()).isEqualTo("https://example.com/offer");
        assertThat(event.get("device")).isEqualTo(JSON.readTree("{\"type\": \"Phone\", \"os\": \"Android\", \"name\": \"P\"}"));
        assertThat(event.get("place")).isEqualTo(JSON.readTree("{\"country\": \"United Kingdom\", \"city\": \"London\"}"));
        assertThat(event.get("meta").asText()).isEqualTo("meta.");
        await().until(() -> downstream.bodies("/clevertap").size() == 1);
        assertThat(downstream.bodies("/clevertap").get(0)).isEqualTo(JSON.readTree("""
                [{"event": "clicked", "data": [{"ts": 1767225600, "meta": "meta.", "url": "https://example.com/offer"}]}]"""));
    }

    @Test
    void twoClicksOnOneLinkAreTwoEvents() throws Exception {
        for (int i = 0; i < 2; i++) {
            post("clicks", "{\"url\": \"https://example.com/\", \"messageId\": \"m\", \"sendDateTime\": 176722560000" + i + "}");
        }
        assertThat(events(2)).extracting(event -> event.get("id").asText()).doesNotHaveDuplicates();
    }

    @Test
    void aClickWithoutItsMessageIsKept() throws Exception {
        post("clicks", "{\"url\": \"https://example.com/\"}");
        assertThat(bridge.takeLetter("webhooks.clicks")).isNotNull();
    }
}
