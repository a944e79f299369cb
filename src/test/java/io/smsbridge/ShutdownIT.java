package io.smsbridge;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM while Infobip hangs, a downstream hangs, and an account waits for its turn. */
class ShutdownIT {

    private static final int MOST_SECONDS = 10;

    @TempDir
    Path home;

    private static List<String> send(PackagedBridge bridge, String account, int size, String text) throws Exception {
        HttpResponse<String> answer = bridge.post("/sms/send/" + account, IntStream.range(0, size).mapToObj(i -> "{\"to\": \"4477%08d\"}".formatted(900000 + i))
                .collect(Collectors.joining(",", "{\"text\": \"" + text + "\", \"messages\": [", "]}")));
        assertThat(answer.statusCode()).isEqualTo(200);
        return TestBridge.JSON.readTree(answer.body()).get("messages").findValuesAsText("messageId");
    }

    @Test
    void endsInTimeAndLosesAndDoublesNothing() throws Exception {
        try (ScriptedInfobip infobip = new ScriptedInfobip(); ScriptedDownstream downstream = new ScriptedDownstream()) {
            Files.writeString(home.resolve("application.properties"), """
                    account.hanging.baseUrl=%1$s
                    account.hanging.apiKey=k
                    account.hanging.responseTimeout=60000
                    account.limited.baseUrl=%1$s
                    account.limited.apiKey=k
                    account.limited.messagesPerSecond=1
                    account.fast.baseUrl=%1$s
                    account.fast.apiKey=k
                    sms.default-account=fast
                    downstream.log.url=%2$s/log
                    downstream.log.events=sent,failed
                    downstream.hanging.url=%2$s/hanging
                    downstream.hanging.events=sent,failed
                    downstream.hanging.responseTimeout=60000
                    """.formatted(infobip.url(), downstream.url()));
            downstream.answers("/hanging", IntStream.range(0, 50).mapToObj(i -> aResponse().withFixedDelay(120_000))
                    .toArray(com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder[]::new));
            int port = FreePort.find();
            List<String> hanging;
            List<String> others = new ArrayList<>();
            try (PackagedBridge bridge = PackagedBridge.start(home, port).awaitAnswering()) {
                hanging = send(bridge, "hanging", 250, "held");
                others.addAll(send(bridge, "limited", 8, "limited"));
                others.addAll(send(bridge, "fast", 200, "fast"));
                await().until(() -> infobip.held() == 3 && !downstream.posts("/hanging").isEmpty()
                        && downstream.items("/log").size() > 200);

                long begin = System.nanoTime();
                bridge.process.destroy();
                assertThat(bridge.process.waitFor(60, TimeUnit.SECONDS)).isTrue();
                long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
                assertThat(bridge.process.exitValue()).as("that of a process that was told to stop").isEqualTo(143);
                assertThat(seconds).as(bridge.output()).isLessThan(MOST_SECONDS);
            }
            infobip.release();
            List<String> toldBefore = ids(downstream, "/log");
            downstream.takeAll();
            try (PackagedBridge bridge = PackagedBridge.start(home, port).awaitAnswering()) {
                List<String> accepted = new ArrayList<>(others);
                accepted.addAll(hanging);
                await().untilAsserted(() -> {
                    List<String> told = new ArrayList<>(toldBefore);
                    told.addAll(ids(downstream, "/log"));
                    assertThat(told).as(bridge.output()).containsExactlyInAnyOrderElementsOf(accepted);
                    assertThat(new HashSet<>(ids(downstream, "/hanging"))).as(bridge.output()).containsExactlyInAnyOrderElementsOf(accepted);
                });
                // What had no answer was sent again under its own ids; Infobip takes each of these once.
                assertThat(infobip.messageIds().stream().filter(others::contains)).containsExactlyInAnyOrderElementsOf(others);
                assertThat(infobip.messageIds()).containsAll(hanging);
            }
        }
    }

    private static List<String> ids(ScriptedDownstream downstream, String path) {
        return downstream.items(path).stream().map(event -> event.at("/data/messageId").asText()).toList();
    }
}
