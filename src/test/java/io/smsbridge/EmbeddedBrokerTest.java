package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

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
            assertThat(send(bridge, accepted)).isEqualTo(200);
            int before = TestBridge.log().size();
            bridge.broker().server().getStorageManager().criticalError(new IOException("No space left on device"));
            // It may be back before anybody has noticed.
            await().until(() -> {
                assertThat(send(bridge, accepted)).isIn(200, 503);
                return TestBridge.log().stream().skip(before).anyMatch(line -> line.contains("had shut itself down, as its disk failed it, and runs again"));
            });
            await().until(() -> send(bridge, accepted) == 200);
            await().until(() -> infobip.messageIds().containsAll(accepted));
            // One that was in hand is called again, under its own id.
            assertThat(Set.copyOf(infobip.messageIds())).containsExactlyInAnyOrderElementsOf(accepted);
        }
    }

    /** The broker reads it again in a start that takes longer than this, and without a file to read, it is empty then: nobody can connect. */
    @Test
    void readsItsConfigurationOnce() {
        assertThat(new EmbeddedBroker(home).server().getConfiguration().getConfigurationFileRefreshPeriod()).isNotPositive();
    }

    private static int send(TestBridge bridge, List<String> accepted) throws Exception {
        var response = bridge.post("/sms/send", "{\"to\": \"447700900123\", \"text\": \"Hi\"}");
        if (response.statusCode() == 200) {
            accepted.add(TestBridge.JSON.readTree(response.body()).at("/messages/0/messageId").asText());
        }
        return response.statusCode();
    }
}
