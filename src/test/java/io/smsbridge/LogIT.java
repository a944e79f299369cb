package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the packaged bridge prints with log.format=json. */
class LogIT {

    @TempDir
    Path home;

    @Test
    void eachLineIsJsonAndNamesItsRequest() throws Exception {
        Files.writeString(home.resolve("application.properties"), """
                account.sandbox.baseUrl=http://localhost:{{http.port}}/sandbox/infobip
                account.sandbox.apiKey={{sandbox.apiKey}}
                downstream.crm.url=http://localhost:{{http.port}}/sandbox/downstream/crm
                downstream.crm.events=sent
                console.password=c0nsole
                log.format=json
                """);
        try (PackagedBridge bridge = PackagedBridge.start(home, FreePort.find()).awaitAnswering()) {
            bridge.post("/sms/send", "{\"to\": \"447700900123\", \"text\": \"Hello\"}");
            await().untilAsserted(() -> {
                List<JsonNode> lines = bridge.output().lines().map(LogIT::json).toList();
                JsonNode forwarded = lines.stream().filter(line -> line.path("log.logger").asText().equals("forward-to-crm")).findFirst().orElseThrow(AssertionError::new);
                String id = forwarded.get("requestId").asText();
                assertThat(lines.stream().filter(line -> line.path("requestId").asText().equals(id)).map(line -> line.get("log.logger").asText()).toList())
                        .containsSubsequence("accept-sends", "send-via-sandbox", "forward-to-crm");
                assertThat(forwarded.has("@timestamp")).isTrue();
                assertThat(forwarded.get("log.level").asText()).isEqualTo("INFO");
            });
            assertThat(bridge.output()).doesNotContain("447700900123");
        }
    }

    /** Addresses where nobody listens, a key that is refused, calls that can't be read, and the end of the process. */
    @ParameterizedTest
    @ValueSource(strings = {"text", "json"})
    void whatGoesWrongOutsideLeavesNoStackTrace(String format) throws Exception {
        Files.writeString(home.resolve("application.properties"), """
                account.gone.baseUrl=http://localhost:1
                account.gone.apiKey=k
                account.gone.retryDelay=50ms
                account.refused.baseUrl=http://localhost:{{http.port}}/sandbox/infobip
                account.refused.apiKey=not-the-key
                account.refused.retryMaxAge=0s
                sms.default-account=gone
                webhooks.token=none
                sandbox.enabled=true
                downstream.gone.url=http://localhost:1/
                downstream.gone.retryDelay=50ms
                downstream.gone.probeDelay=50ms
                log.format=%s
                """.formatted(format));
        try (PackagedBridge bridge = PackagedBridge.start(home, FreePort.find()).awaitAnswering()) {
            bridge.post("/sms/send/gone", "{\"to\": \"+447700900123\", \"text\": \"Hello\"}");
            bridge.post("/sms/send/refused", "{\"to\": \"+447700900123\", \"text\": \"Hello\"}");
            bridge.post("/sms/send/gone", "{\"to\": ");
            bridge.post("/sms/nowhere", "{}");
            bridge.post("/infobip/delivery-reports/gone", "<html>");
            bridge.post("/infobip/delivery-reports/gone", "{\"results\": [1]}");
            await().untilAsserted(() -> assertThat(bridge.output())
                    .contains("calls in a row have failed").contains("failures in a row").contains("HTTP 401").contains("1 unreadable"));
            bridge.process.destroy();
            bridge.process.waitFor();
            assertThat(bridge.output()).doesNotContain("\tat ").doesNotContain("stack_trace");
        }
    }

    private static JsonNode json(String line) {
        try {
            return TestBridge.JSON.readTree(line);
        } catch (java.io.IOException e) {
            throw new AssertionError("no JSON: " + line, e);
        }
    }
}
