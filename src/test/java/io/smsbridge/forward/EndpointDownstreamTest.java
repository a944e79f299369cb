package io.smsbridge.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.TestBridge;
import io.smsbridge.forward.DownstreamCircuit.State;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Downstreams that are Camel endpoints. A Kafka that is killed is for KafkaDownstreamIT. */
class EndpointDownstreamTest {

    private static final String ID = "447700900123";

    @TempDir
    static Path home;
    static TestBridge bridge;
    static final Taker TAKER = new Taker();

    /** What the component bean: calls, as a queue's client would be called: it takes what it is given, or fails. */
    static final class Taker implements Processor {

        final List<JsonNode> taken = new CopyOnWriteArrayList<>();
        final List<Exchange> calls = new CopyOnWriteArrayList<>();
        volatile RuntimeException error;
        final AtomicInteger failures = new AtomicInteger();

        /** The next calls fail. */
        void fail(int calls, RuntimeException with) {
            error = with;
            failures.set(calls);
        }

        @Override
        public void process(Exchange exchange) throws Exception {
            calls.add(exchange.copy());
            if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw error;
            }
            TestBridge.JSON.readTree(exchange.getMessage().getBody(byte[].class)).forEach(taken::add);
        }
    }

    /** As Kafka's client has one: what is too large once is always. */
    static final class RecordTooLargeException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RecordTooLargeException() {
            super("The message is 2000000 bytes, with password hush");
        }
    }

    @BeforeAll
    static void start() throws Exception {
        bridge = new TestBridge(home, """
                account.main.baseUrl=http://localhost:1
                account.main.apiKey=k
                sms.default-account=main
                downstream.files.url=file:%s/out?fileName=${exchangeId}.json
                downstream.files.itemsPerPost=1
                downstream.files.format=raw
                downstream.queue.url=bean:taker?scope=Singleton
                downstream.queue.events=delivered
                downstream.queue.itemsPerPost=1
                downstream.queue.parallelPosts=1
                downstream.queue.headers=X-Tenant: acme
                downstream.queue.retryDelay=20ms
                downstream.queue.retryMultiplier=1
                downstream.queue.retryMaxAttempts=3
                downstream.queue.downAfter=0
                downstream.away.url=file:/proc/nonesuch?tempPrefix=RAW(hush)
                downstream.away.events=failed
                downstream.away.downAfter=1
                downstream.away.probeDelay=20ms
                downstream.away.probeMaxDelay=20ms
                """.formatted(home));
        bridge.context().getRegistry().bind("taker", TAKER);
    }

    @AfterAll
    static void stop() {
        bridge.close();
    }

    private static String report(int group) throws Exception {
        String id = TestBridge.newId();
        assertThat(bridge.post("/infobip/delivery-reports/main", "{\"results\": [{\"messageId\": \"" + id + "\", \"to\": \"" + ID
                + "\", \"callbackData\": \"Grüße €\", \"status\": {\"groupId\": " + group + ", \"id\": 5}}]}").statusCode()).isEqualTo(200);
        return id;
    }

    private static List<JsonNode> files() throws Exception {
        List<JsonNode> events = new ArrayList<>();
        try (Stream<Path> files = Files.list(Files.createDirectories(home.resolve("out")))) {
            for (Path file : files.toList()) {
                // One that is being written is not whole.
                TestBridge.JSON.readTree(Files.readAllBytes(file)).forEach(events::add);
            }
        }
        return events;
    }

    private static List<String> messageIds(List<JsonNode> events) {
        return events.stream().map(event -> event.findValue("messageId").asText()).toList();
    }

    @Test
    void anEndpointIsToldLikeAWebServer() throws Exception {
        List<String> ids = List.of(report(3), report(3), report(3));
        await().ignoreExceptions().untilAsserted(() -> assertThat(messageIds(files())).containsAll(ids));
        assertThat(files()).filteredOn(event -> ids.contains(event.findValue("messageId").asText())).hasSize(3)
                .allSatisfy(event -> assertThat(event.findValue("callbackData").asText()).isEqualTo("Grüße €"));
    }

    /** A header that a message brought could choose a topic, a queue or a file. */
    @Test
    void onlyTheDownstreamsOwnHeadersGoAlong() throws Exception {
        String id = report(3);
        await().untilAsserted(() -> assertThat(messageIds(TAKER.taken)).contains(id));
        assertThat(TAKER.calls).allSatisfy(call -> assertThat(call.getMessage().getHeaders())
                .containsOnlyKeys("Content-Type", "webhook-id", "X-Tenant").containsEntry("Content-Type", "application/cloudevents-batch+json").containsEntry("X-Tenant", "acme"));
    }

    @Test
    void whatAnEndpointDoesNotTakeIsTriedAgain() throws Exception {
        int before = TAKER.calls.size();
        TAKER.fail(2, new IllegalStateException("away for a moment"));
        String id = report(3);
        await().untilAsserted(() -> assertThat(messageIds(TAKER.taken)).contains(id));
        assertThat(TAKER.calls).hasSize(before + 3);
        assertThat(messageIds(TAKER.taken)).filteredOn(id::equals).hasSize(1);
    }

    @Test
    void afterTheLastTryItIsADeadLetter() throws Exception {
        TAKER.fail(3, new IllegalStateException("refused for good"));
        String id = report(3);
        JsonNode letter = bridge.takeLetter("events.queue");
        assertThat(letter.toString()).contains(id, "IllegalStateException: refused for good");
        assertThat(letter.get("attempts").asInt()).isEqualTo(3);
    }

    @Test
    void aBatchTooLargeForTheEndpointIsADeadLetterAtOnce() throws Exception {
        int before = TAKER.calls.size();
        TAKER.fail(1, new RecordTooLargeException());
        String id = report(3);
        JsonNode letter = bridge.takeLetter("events.queue");
        assertThat(letter.toString()).contains(id, "RecordTooLargeException");
        assertThat(TAKER.calls).hasSize(before + 1);
    }

    /** Its events wait and are not given up; what stands in its URL is told to nobody. */
    @Test
    void anEndpointThatIsAwayIsProbedAndItsSecretsAreNowhere() throws Exception {
        int logged = TestBridge.log().size();
        report(5);
        await().untilAsserted(() -> assertThat(bridge.circuits().of("away").state()).isEqualTo(State.DOWN));
        assertThat(bridge.waiting("events.away")).isPositive();
        assertThat(bridge.manage("GET", "/observe/health", "").body()).contains("away").doesNotContain("hush");
        String beans = bridge.manage("GET", "/observe/jolokia/read/org.apache.camel:*", "").body();
        assertThat(beans).contains("downstream:").doesNotContain("hush");
        assertThat(bridge.manage("GET", "/observe/jolokia/read/io.smsbridge:*", "").body()).doesNotContain("hush");
        assertThat(TestBridge.logSince(logged)).noneMatch(line -> line.contains("hush"));
    }
}
