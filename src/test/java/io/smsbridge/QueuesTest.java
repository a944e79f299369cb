package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.ActiveMQServers;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the bean says of queues, on the broker in the process and on one that is reached over TCP. */
class QueuesTest {

    @TempDir
    static Path home;

    private static TestBridge bridge;
    private static Queues queues;

    @BeforeAll
    static void start() throws Exception {
        bridge = new TestBridge(home, """
                account.main.baseUrl=http://localhost:1
                account.main.apiKey=k
                account.main.retryDelay=1h
                account.main.retryMaxDelay=1h
                sms.default-account=main
                downstream.crm.url=http://localhost:1/
                downstream.crm.events=failed
                """);
        queues = bridge.context().getRegistry().lookupByNameAndType("queues", Queues.class);
    }

    @AfterAll
    static void stop() {
        bridge.close();
    }

    @Test
    void waitingMessagesCountAndTheOldestHasAnAge() {
        put("waiting", Map.of());
        put("waiting", Map.of());
        // Nobody reads it: the broker knows when it was queued.
        await().untilAsserted(() -> assertThat(queues.waiting("waiting")).isEqualTo(2));
        assertThat(queues.retrying("waiting")).isZero();
        await().untilAsserted(() -> assertThat(queues.oldestAge("waiting")).isBetween(1L, 60_000L));
        assertThat(queues.exists("waiting")).isTrue();
        assertThat(queues.exists("no-such-queue")).isFalse();
        assertThat(queues.waiting("no-such-queue")).isZero();
        assertThat(queues.oldestAge("no-such-queue")).isZero();
    }

    @Test
    void aMessageIsAsOldAsWhatItIsAbout() {
        put("of-yesterday", Map.of());
        put("of-yesterday", Map.of("receivedAt", Instant.now().minusSeconds(86_400).toString(),
                "_AMQ_SCHED_DELIVERY", System.currentTimeMillis() + 3_600_000));
        // The next retry to come is not the oldest.
        put("of-yesterday", Map.of("_AMQ_SCHED_DELIVERY", System.currentTimeMillis() + 1_800_000));
        await().untilAsserted(() -> assertThat(queues.waiting("of-yesterday")).isEqualTo(3));
        assertThat(queues.retrying("of-yesterday")).isEqualTo(2);
        assertThat(queues.oldestAge("of-yesterday")).isBetween(86_400_000L, 86_460_000L);
    }

    @Test
    void aSendThatIsRetriedWaits() throws Exception {
        bridge.send("main", "{\"to\": \"+447700900123\", \"text\": \"Hello\"}");
        await().untilAsserted(() -> assertThat(queues.retrying("sends.main.high")).isEqualTo(1));
        assertThat(queues.waiting("sends.main.high")).isEqualTo(1);
        await().untilAsserted(() -> assertThat(queues.oldestAge("sends.main.high")).isPositive());
    }

    @Test
    void aBrokerOfItsOwnAnswersTheSame() throws Exception {
        int port = FreePort.find();
        ActiveMQServer broker = ActiveMQServers.newActiveMQServer(new ConfigurationImpl().setSecurityEnabled(false)
                .setPersistenceEnabled(false).addAcceptorConfiguration("tcp", "tcp://127.0.0.1:" + port));
        broker.start();
        try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port)) {
            Queues elsewhere = new Queues(() -> factory);
            try (var jms = factory.createContext()) {
                jms.createProducer().send(jms.createQueue("events.crm"), "[]");
            }
            await().untilAsserted(() -> assertThat(elsewhere.waiting("events.crm")).isEqualTo(1));
            await().untilAsserted(() -> assertThat(elsewhere.oldestAge("events.crm")).isPositive());
            broker.stop();
            await().untilAsserted(() -> assertThat(elsewhere.waiting("events.crm")).isEqualTo(Queues.UNKNOWN));
            assertThat(elsewhere.oldestAge("events.crm")).isEqualTo(Queues.UNKNOWN);
            assertThat(elsewhere.exists("events.crm")).isFalse();
            broker.start();
            await().untilAsserted(() -> assertThat(elsewhere.waiting("events.crm")).isZero());
        } finally {
            broker.stop();
        }
    }

    private static void put(String queue, Map<String, Object> headers) {
        bridge.context().createProducerTemplate().sendBodyAndHeaders("jms:queue:" + queue, "x", headers);
    }
}
