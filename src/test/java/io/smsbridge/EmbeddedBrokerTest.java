package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerTest {

    @TempDir
    Path home;

    /** What it does by itself when a write fails, as on a full disk. */
    @Test
    void afterItHasShutItselfDownItRunsAgainAndNothingIsLost() throws Exception {
        try (ScriptedInfobip infobip = new ScriptedInfobip();
                TestBridge bridge = new TestBridge(home, """
                        account.main.baseUrl=%s
                        account.main.apiKey=k
                        sms.default-account=main
                        """.formatted(infobip.url()))) {
            List<String> accepted = new ArrayList<>();
            accepted.add(send(bridge));
            bridge.broker().server().getStorageManager().criticalError(new IOException("No space left on device"));
            await().until(() -> bridge.post("/sms/send", "{\"to\": \"447700900123\", \"text\": \"Hi\"}").statusCode() == 503);
            await().atMost(60, TimeUnit.SECONDS).untilAsserted(() -> accepted.add(send(bridge)));
            await().atMost(60, TimeUnit.SECONDS).until(() -> infobip.messageIds().containsAll(accepted));
            // One that was in hand is called again, under its own id.
            assertThat(Set.copyOf(infobip.messageIds())).containsExactlyInAnyOrderElementsOf(accepted);
        }
    }

    /** The broker reads it again in a start that takes longer than this, and without a file to read, it is empty then: nobody can connect. */
    @Test
    void readsItsConfigurationOnce() {
        assertThat(new EmbeddedBroker(home).server().getConfiguration().getConfigurationFileRefreshPeriod()).isNotPositive();
    }

    private static String send(TestBridge bridge) throws Exception {
        var response = bridge.post("/sms/send", "{\"to\": \"447700900123\", \"text\": \"Hi\"}");
        assertThat(response.statusCode()).isEqualTo(200);
        return TestBridge.JSON.readTree(response.body()).at("/messages/0/messageId").asText();
    }
}
