package io.smsbridge.forward;

import static io.smsbridge.TestBridge.JSON;
import static io.smsbridge.TestBridge.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a downstream can be told of a message before its end: accepted here, and each report of Infobip's on the way. */
@Tag("quick")
class QueuedEventsTest {

    private static final String ALL = "queued,sent,delivered,failed";

    @TempDir
    static Path home;
    static ScriptedInfobip infobip;
    static ScriptedDownstream downstream;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        infobip = new ScriptedInfobip();
        downstream = new ScriptedDownstream();
        bridge = new TestBridge(home, settings(ALL), "log.jslt", ".");
    }

    private static String settings(String events) {
        return """
                account.main.baseUrl=%2$s
                account.main.apiKey=k
                account.main.sender=Shop
                downstream.all.url=%1$s/all
                downstream.all.format=log
                downstream.all.events=%3$s
                downstream.usual.url=%1$s/usual
                downstream.usual.format=log
                downstream.clevertap.url=%1$s/clevertap
                downstream.clevertap.format=clevertap
                downstream.clevertap.events=queued,delivered,failed
                """.formatted(downstream.url(), infobip.url(), events);
    }

    @AfterAll
    static void stop() {
        bridge.close();
        downstream.close();
        infobip.close();
    }

    @BeforeEach
    void forget() {
        bridge.awaitIdle();
        infobip.acceptAll();
        downstream.takeAll();
    }

    private static List<String> types(String path, String messageId) {
        return downstream.items(path).stream().filter(event -> event.get("messageId").asText().equals(messageId))
                .map(event -> event.get("type").asText()).toList();
    }

    @Test
    void whoeverIsAcceptedIsToldAsQueuedOnce() throws Exception {
        Instant before = Instant.now().minusMillis(1);
        String id = newId();
        String request = """
                {"messages": [{"to": "447700900121", "text": "Hi", "mid": "%s"}, {"to": "447700900122", "text": "Hi", "sender": "Other"},
                              {"to": "nobody", "text": "Hi"}]}""".formatted(id);
        JsonNode answer = bridge.send("main", request);
        String first = answer.at("/messages/0/messageId").asText();
        String second = answer.at("/messages/1/messageId").asText();
        await().until(() -> downstream.items("/all").size() == 5);
        assertThat(types("/all", first)).containsExactlyInAnyOrder("queued", "sent");
        assertThat(types("/all", second)).containsExactlyInAnyOrder("queued", "sent");

        JsonNode queued = downstream.items("/all").stream().filter(event -> event.get("id").asText().equals(first + ":queued")).findFirst().orElseThrow();
        assertThat(Instant.parse(queued.get("time").asText())).isBetween(before, Instant.now());
        assertThat(queued).isEqualTo(JSON.readTree("""
                {"id": "%1$s:queued", "type": "queued", "time": "%2$s", "account": "main", "messageId": "%1$s", "meta": "%3$s", "from": "Shop",
                 "to": "447700900121"}""".formatted(first, queued.get("time").asText(), id)));
        assertThat(downstream.items("/all")).anySatisfy(event -> {
            assertThat(event.get("id").asText()).isEqualTo(second + ":queued");
            assertThat(event.get("from").asText()).isEqualTo("Other");
        });

        bridge.send("main", "{\"to\": \"447700900121\", \"text\": \"Hi\", \"mid\": \"" + id + "\"}");
        bridge.awaitIdle();
        assertThat(types("/all", first)).hasSize(2);
        assertThat(downstream.items("/usual")).extracting(event -> event.get("type").asText()).containsExactly("failed");
    }

    @Test
    void queuedIsToldBeforeInfobipHasAnswered() throws Exception {
        String messageId = bridge.send("main", "{\"to\": \"447700900123\", \"text\": \"held\"}").at("/messages/0/messageId").asText();
        await().until(() -> infobip.held() == 1 && types("/all", messageId).equals(List.of("queued")));
        infobip.release();
        await().until(() -> types("/all", messageId).equals(List.of("queued", "sent")));
    }

    @Test
    void cleverTapIsToldItsOwnEventsAlone() throws Exception {
        String messageId = bridge.send("main", "{\"to\": \"447700900123\", \"text\": \"Hi\", \"mid\": \"" + newId() + "\"}").at("/messages/0/messageId").asText();
        await().until(() -> infobip.calls().size() == 1);
        bridge.post("/infobip/delivery-reports/main", "{\"results\": [{\"messageId\": \"" + messageId + "\", \"callbackData\": \"c\", \"status\": {\"groupId\": 3, \"id\": 5}}]}");
        await().until(() -> types("/all", messageId).contains("delivered"));
        bridge.awaitIdle();
        assertThat(downstream.bodies("/clevertap")).extracting(body -> body.findValuesAsText("event")).containsExactly(List.of("delivered"));
    }

    @Test
    void infobipIsAskedForReportsOnTheWay() throws Exception {
        JsonNode answer = bridge.send("main", "{\"messages\": [{\"to\": \"447700900121\", \"text\": \"Hi\"}, {\"to\": \"447700900122\", \"text\": \"Hi\", \"notify\": false}]}");
        await().until(() -> infobip.calls().size() == 1);
        assertThat(infobip.calls().get(0).at("/messages/0/webhooks/delivery")).isEqualTo(JSON.readTree("{\"intermediateReport\": true}"));
        assertThat(infobip.calls().get(0).at("/messages/1/webhooks/delivery")).isEqualTo(JSON.readTree("{\"notify\": false}"));

        String messageId = answer.at("/messages/0/messageId").asText();
        bridge.post("/infobip/delivery-reports/main", "{\"results\": [{\"messageId\": \"" + messageId + "\", \"status\": {\"groupId\": 1, \"id\": 7}}]}");
        await().until(() -> types("/all", messageId).stream().filter("sent"::equals).count() == 2);
    }

    @Test
    void infobipIsNotAskedWhereNobodyAsksForSent(@TempDir Path other) throws Exception {
        // One process holds the queues of one bridge.
        bridge.close();
        try (TestBridge silent = new TestBridge(other, settings("queued,delivered,failed"), "log.jslt", ".")) {
            silent.send("main", "{\"to\": \"447700900123\", \"text\": \"Hi\"}");
            await().until(() -> infobip.calls().size() == 1);
            assertThat(infobip.calls().get(0).at("/messages/0").has("webhooks")).isFalse();
            await().until(() -> downstream.items("/all").size() == 1);
            silent.awaitIdle();
            assertThat(downstream.items("/all")).extracting(event -> event.get("type").asText()).containsExactly("queued");
        } finally {
            bridge = new TestBridge(home, settings(ALL), "log.jslt", ".");
        }
    }
}
