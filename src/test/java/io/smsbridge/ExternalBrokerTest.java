package io.smsbridge;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.smsbridge.TestBridge.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.DownstreamState.State;
import io.smsbridge.faults.Broker;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What asks the broker for more than messages does so over the wire, too, and with what the README's recipe permits: dead letters, a
 * downstream that is down, and how much waits.
 */
class ExternalBrokerTest {

    @TempDir
    static Path home;
    @TempDir
    static Path data;
    static ActiveMQServer broker;
    static ScriptedDownstream downstream;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        int port = FreePort.find();
        broker = Broker.server(data, port);
        broker.start();
        downstream = new ScriptedDownstream();
        bridge = new TestBridge(home, Broker.settings(port) + """
                account.main.baseUrl=http://localhost:1
                account.main.apiKey=k
                sms.default-account=main
                downstream.strict.url=%1$s/strict
                downstream.strict.parallelPosts=1
                downstream.weak.url=%1$s/weak
                downstream.weak.retryDelay=1h
                downstream.weak.probeDelay=100ms
                """.formatted(downstream.url()));
    }

    @AfterAll
    static void stop() throws Exception {
        bridge.close();
        downstream.close();
        broker.stop();
    }

    private static List<String> report(int count) throws Exception {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(TestBridge.newId());
            assertThat(bridge.post("/infobip/delivery-reports/main", "{\"results\": [{\"messageId\": \"" + ids.get(i) + "\", \"status\": {\"groupId\": 3, \"id\": 5}}]}")
                    .statusCode()).isEqualTo(200);
        }
        return ids;
    }

    private static List<String> subjects(String path) {
        return downstream.items(path).stream().map(item -> item.get("subject").asText()).toList();
    }

    private static JsonNode manage(String method, String path) throws Exception {
        var answer = bridge.manage(method, path, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    @Test
    void deadLettersAreCountedListedReplayedAndDiscarded() throws Exception {
        downstream.answers("/strict", aResponse().withStatus(404), aResponse().withStatus(410));
        List<String> ids = report(2);
        await().until(() -> manage("GET", "/dead-letters/counts").at("/queues/dead-letters.events.strict").asInt() == 2);
        JsonNode list = manage("GET", "/dead-letters?reason=HTTP%20404");
        assertThat(list.get("total").asInt()).isEqualTo(1);
        String letter = list.at("/letters/0/id").asText();
        String id = manage("GET", "/dead-letters/" + letter).at("/payload/0/messageId").asText();
        assertThat(ids).contains(id);
        assertThat(manage("POST", "/dead-letters/" + letter + "/replay").get("replayed").asInt()).isEqualTo(1);
        await().until(() -> subjects("/strict").stream().filter(id::equals).count() == 2);
        assertThat(manage("DELETE", "/dead-letters?downstream=strict").get("discarded").asInt()).isEqualTo(1);
        assertThat(manage("GET", "/dead-letters").get("letters")).isEmpty();
    }

    @Test
    void itIsKnownWhatWaits() {
        Queues queues = bridge.context().getRegistry().lookupByNameAndType("queues", Queues.class);
        assertThat(queues.known()).isTrue();
        assertThat(queues.exists("webhooks.delivery-reports")).isTrue();
        assertThat(queues.diskUsed()).isBetween(0.0, 1.0);
    }

    @Test
    void whatWaitsForADownstreamThatWasDownGoesOutWhenItIsBack() throws Exception {
        downstream.server.stubFor(post(urlEqualTo("/weak")).atPriority(1).willReturn(aResponse().withStatus(500)));
        List<String> ids = report(10);
        DownstreamState weak = bridge.context().getRegistry().lookupByNameAndType("downstreamStates", DownstreamStates.class).of("weak");
        await().until(() -> weak.state() == State.DOWN);
        downstream.takeAll();
        await().untilAsserted(() -> assertThat(subjects("/weak")).containsExactlyInAnyOrderElementsOf(ids));
        await().until(() -> weak.state() == State.UP);
    }
}
