package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar, killed under load. */
class KilledBridgeIT {

    @TempDir
    Path home;

    /**
     * Killed again and again right after an answer of 200: each message accepted goes out, under one message id. The scripted
     * Infobip takes a repeated id for new, so the ids themselves have to tell whether a message was made twice.
     */
    @Test
    void whatWasAnswered200GoesOutOnceThoughTheProcessIsKilled() throws Exception {
        try (ScriptedInfobip infobip = new ScriptedInfobip()) {
            Files.writeString(home.resolve("application.properties"), """
                    account.main.baseUrl=%s
                    account.main.apiKey=k
                    account.main.retryDelay=200ms
                    sms.default-account=main
                    """.formatted(infobip.url()));
            int port = FreePort.find();
            List<String> accepted = new ArrayList<>();
            for (int round = 0; round < 2; round++) {
                try (PackagedBridge bridge = PackagedBridge.start(home, port).awaitAnswering()) {
                    for (int i = 0; i < 40; i++) {
                        HttpResponse<String> response = bridge.post("/sms/send",
                                "{\"text\": \"" + round + "\", \"messages\": [{\"to\": \"447700900123\"}, {\"to\": \"447700900124\"}]}");
                        assertThat(response.statusCode()).isEqualTo(200);
                        accepted.addAll(TestBridge.JSON.readTree(response.body()).get("messages").findValuesAsText("messageId"));
                    }
                    bridge.kill();
                }
            }
            try (PackagedBridge bridge = PackagedBridge.start(home, port).awaitAnswering()) {
                await().until(() -> infobip.messageIds().containsAll(accepted));
                // One that was in hand when the process died goes out again, and Infobip answers it as a duplicate (status 23).
                assertThat(new HashSet<>(infobip.messageIds())).containsExactlyInAnyOrderElementsOf(accepted);
                assertThat(accepted).hasSize(160).doesNotHaveDuplicates();
                int repeated = infobip.messageIds().size() - accepted.size();
                assertThat(repeated).as("sent again under their own id").isLessThanOrEqualTo(2 * 4 * 2);
            }
        }
    }
}
