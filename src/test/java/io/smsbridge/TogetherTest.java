package io.smsbridge;

import static io.smsbridge.TestBridge.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What waits together is recorded and told of together, and nothing of it spoils the rest. */
class TogetherTest {

    private static final int WEBHOOKS = 400;

    @TempDir
    static Path home;
    static ScriptedDownstream downstream;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        downstream = new ScriptedDownstream();
        bridge = new TestBridge(home, """
                account.main.baseUrl=http://127.0.0.1:1
                account.main.apiKey=k
                account.main.stopReply=You get no more messages
                account.second.baseUrl=http://127.0.0.1:1
                account.second.apiKey=k
                sms.default-account=main
                downstream.events.url=%s/events
                downstream.events.format=events
                """.formatted(downstream.url()), "events.jslt", ".", "sends.jslt", "// infobip-sms-bridge routes 1\nerror(\"this map is broken\")");
    }

    @AfterAll
    static void stop() {
        bridge.close();
        downstream.close();
    }

    private interface Posts {
        void run() throws Exception;
    }

    /** Lets webhooks wait until all are there. */
    private static void together(String kind, Posts posts) throws Exception {
        bridge.context().getRouteController().stopRoute("record-" + kind);
        posts.run();
        bridge.context().getRouteController().startRoute("record-" + kind);
    }

    private static void post(String path, String body) throws Exception {
        assertThat(bridge.post("/infobip/" + path, body).statusCode()).isEqualTo(200);
    }

    private static String report(String id) {
        return "{\"messageId\": \"" + id + "\", \"to\": \"447700900123\", \"status\": {\"groupId\": 3, \"id\": 5}}";
    }

    private static List<String> told() {
        return downstream.items("/events").stream().map(event -> event.get("messageId").asText()).toList();
    }

    @Test
    void webhooksThatWaitTogetherAreFewPosts() throws Exception {
        downstream.takeAll();
        List<String> ids = IntStream.range(0, WEBHOOKS).mapToObj(i -> newId()).toList();

        together("delivery-reports", () -> {
            for (int i = 0; i < WEBHOOKS; i++) {
                String again = i % 10 == 9 ? "," + report(ids.get(i - 9)) : "";
                post("delivery-reports/" + (i % 2 == 0 ? "main" : "second"), "{\"results\": [" + report(ids.get(i)) + again + "]}");
                if (i == 150) {
                    post("delivery-reports/second", "{\"results\": [" + report(ids.get(i)));
                }
                if (i == 250) {
                    post("delivery-reports/main", "{\"results\": [{\"status\": {\"groupId\": 3}}, " + report(ids.get(0)) + "]}");
                }
                if (i == 350) {
                    // It begins like UTF-32.
                    post("delivery-reports/main", "\0\0\0{\"results\": [" + report(ids.get(i)) + "]}");
                }
            }
        });

        await().until(() -> Set.copyOf(told()).containsAll(ids));
        await().until(() -> bridge.waiting("webhooks.delivery-reports") == 0 && bridge.waiting("events.events") == 0);
        assertThat(told()).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(downstream.posts("/events")).hasSizeLessThan(WEBHOOKS / 4);
        assertThat(downstream.items("/events")).allSatisfy(event -> {
            int i = ids.indexOf(event.get("messageId").asText());
            assertThat(event.has("recordedBy")).isFalse();
            // Those that were reported twice were so by either.
            assertThat(event.get("account").asText()).isIn("second", i % 2 == 0 ? "main" : "second");
        });

        List<String> bad = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Exchange letter = bridge.take("dead-letters.webhooks.delivery-reports");
            bad.add(letter.getMessage().getHeader("account") + " " + letter.getMessage().getBody(String.class).substring(0, 8));
            assertThat(letter.getMessage().getHeader("requestId", String.class)).isNotEmpty();
            assertThat(letter.getMessage().getHeader("receivedAt", String.class)).isNotEmpty();
        }
        assertThat(bad).containsExactlyInAnyOrder("second {\"result", "main {\"status", "main \0\0\0{\"res");
        assertThat(bridge.waiting("dead-letters.webhooks.delivery-reports")).isZero();
    }

    /** A STOP that can't be answered, as the map of sends is broken, undoes the transaction of all that it came with. */
    @Test
    void oneThatFailsHoldsUpNobodyElse() throws Exception {
        downstream.takeAll();
        List<String> ids = IntStream.range(0, 100).mapToObj(i -> newId()).toList();

        together("inbound-messages", () -> {
            for (int i = 0; i < ids.size(); i++) {
                post("inbound-messages/main", "{\"results\": [{\"messageId\": \"" + ids.get(i) + "\", \"from\": \"447700900123\", \"to\": \"447860000001\", "
                        + "\"text\": \"" + (i == 50 ? "STOP" : "Thanks") + "\"}]}");
            }
        });

        Set<String> others = Stream.concat(ids.stream().limit(50), ids.stream().skip(51)).collect(Collectors.toSet());
        await().until(() -> Set.copyOf(told()).equals(others));
        await().until(() -> bridge.waiting("webhooks.inbound-messages") == 1 && bridge.waiting("events.events") == 0);
        assertThat(told()).containsExactlyInAnyOrderElementsOf(others);
    }
}
