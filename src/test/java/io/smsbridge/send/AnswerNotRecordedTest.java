package io.smsbridge.send;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static io.smsbridge.TestBridge.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Infobip has answered can fail to be recorded; the call is never made again for it. */
class AnswerNotRecordedTest {

    @TempDir
    Path home;

    private static JsonNode deadLetters(TestBridge bridge) throws Exception {
        return JSON.readTree(bridge.manage("GET", "/dead-letters?account=main", "").body());
    }

    @Test
    void anAnswerThatCannotBeRecordedIsADeadLetterAndNoSecondCall() throws Exception {
        try (ScriptedInfobip infobip = new ScriptedInfobip();
                TestBridge bridge = new TestBridge(home, """
                        account.main.baseUrl=%s
                        account.main.apiKey=k
                        account.main.retryDelay=50ms
                        """.formatted(infobip.url()), "infobip-answer.jslt", """
                        // infobip-sms-bridge routes 2
                        {"outcome": "answered", "recipients": 1, "states": "none of them", "events": "none"}
                        """)) {
            bridge.send("main", "{\"to\": \"447700900177\", \"text\": \"once\"}");
            await().atMost(60, TimeUnit.SECONDS).until(() -> deadLetters(bridge).get("total").asInt() == 1);
            assertThat(deadLetters(bridge).at("/letters/0/reason").asText()).contains("answered by Infobip");
            bridge.send("main", "{\"to\": \"447700900178\", \"text\": \"next\"}");
            await().atMost(60, TimeUnit.SECONDS).until(() -> deadLetters(bridge).get("total").asInt() == 2);
            assertThat(infobip.messageIds()).hasSize(2).doesNotHaveDuplicates();
        }
    }

    @Test
    void anAnswerInACharsetThatThereIsNotIsReadAllTheSame() throws Exception {
        try (ScriptedInfobip infobip = new ScriptedInfobip(); ScriptedDownstream downstream = new ScriptedDownstream();
                TestBridge bridge = new TestBridge(home, """
                        account.main.baseUrl=%s
                        account.main.apiKey=k
                        account.main.retryDelay=50ms
                        downstream.log.url=%s/log
                        downstream.log.events=failed
                        """.formatted(infobip.url(), downstream.url()))) {
            infobip.answers(aResponse().withHeader("Content-Type", "application/json; charset=nonsense").withHeader("Retry-After", "soon")
                    .withBody("{\"messages\": [{\"messageId\": \"other\", \"status\": {\"groupId\": \"5\", \"id\": \"12\"}}]}").withStatus(404));
            bridge.send("main", "{\"to\": \"447700900177\", \"text\": \"once\", \"mid\": \"" + TestBridge.newId() + "\"}");
            await().atMost(60, TimeUnit.SECONDS).until(() -> !downstream.posts("/log").isEmpty());
            assertThat(infobip.calls()).hasSize(1);
            assertThat(deadLetters(bridge).at("/letters/0/reason").asText()).startsWith("HTTP 404");
        }
    }
}
