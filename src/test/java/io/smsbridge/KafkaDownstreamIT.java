package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import org.apache.camel.impl.DefaultCamelContext;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar with a Camel component in lib/, and a real Kafka as a downstream. */
class KafkaDownstreamIT {

    private static final Duration PATIENCE = Duration.ofSeconds(180);

    @TempDir
    Path home;

    /** As docs/downstreams.md says: the file it shows, and the command under it. */
    private static void putKafkaIntoLib(Path home) throws Exception {
        String page = Files.readString(Path.of("docs/downstreams.md"));
        Matcher pom = Pattern.compile("(?s)```xml\n(.*?)```").matcher(page);
        Matcher command = Pattern.compile("(?m)^mvn .*copy-dependencies.*$").matcher(page);
        assertThat(pom.find() && command.find()).isTrue();
        assertThat(pom.group(1)).contains("<version>" + new DefaultCamelContext().getVersion() + "</version>");
        Path lib = Files.createDirectories(home.resolve("lib"));
        Files.writeString(lib.resolve("pom.xml"), pom.group(1));
        Process maven = new ProcessBuilder("bash", "-c", command.group()).directory(home.toFile()).inheritIO().start();
        assertThat(maven.waitFor()).isZero();
        assertThat(lib).isDirectoryContaining("glob:**/camel-kafka-*").isDirectoryContaining("glob:**/kafka-clients-*");
    }

    private static List<String> report(PackagedBridge bridge, int count) throws Exception {
        List<String> ids = IntStream.range(0, count).mapToObj(i -> TestBridge.newId()).toList();
        for (String id : ids) {
            assertThat(bridge.post("/infobip/delivery-reports/main", "{\"results\": [{\"messageId\": \"" + id
                    + "\", \"to\": \"447700900123\", \"callbackData\": \"Grüße\", \"status\": {\"groupId\": 3, \"id\": 5}}]}").statusCode()).isEqualTo(200);
        }
        return ids;
    }

    private static List<String> messageIds(KafkaBroker kafka) {
        List<String> ids = new ArrayList<>();
        for (ConsumerRecord<String, String> message : kafka.records("sms-events")) {
            assertThat(new String(message.headers().lastHeader("Content-Type").value(), StandardCharsets.UTF_8)).isEqualTo("application/cloudevents-batch+json");
            try {
                TestBridge.JSON.readTree(message.value()).forEach(event -> {
                    assertThat(event.at("/data/meta").asText()).isEqualTo("Grüße");
                    ids.add(event.at("/data/messageId").asText());
                });
            } catch (java.io.IOException e) {
                throw new AssertionError(message.value(), e);
            }
        }
        return ids;
    }

    /** The bridge starts while Kafka is away, Kafka is killed with events under way, and at last the bridge is killed with events waiting. */
    @Test
    void nothingIsLostWhenKafkaAndTheBridgeAreKilled(@TempDir Path directory) throws Exception {
        putKafkaIntoLib(home);
        try (KafkaBroker kafka = new KafkaBroker(directory.resolve("kafka"))) {
            Files.writeString(home.resolve("application.properties"), """
                    account.main.baseUrl=http://localhost:1
                    account.main.apiKey=k
                    sms.default-account=main
                    webhooks.token=none
                    downstream.topic.url=kafka:sms-events?brokers=%s&deliveryTimeoutMs=2000&requestTimeoutMs=1500&maxBlockMs=1500
                    downstream.topic.itemsPerPost=5
                    downstream.topic.retryDelay=200ms
                    downstream.topic.downAfter=2
                    downstream.topic.probeDelay=200ms
                    downstream.topic.probeMaxDelay=500ms
                    """.formatted(kafka.address()));
            int port = FreePort.find();
            List<String> reported = new ArrayList<>();
            try (PackagedBridge bridge = PackagedBridge.start(home, port).awaitAnswering()) {
                reported.addAll(report(bridge, 20));
                kafka.start().awaitAnswering();
                kafka.createTopic("sms-events", 3);
                await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(messageIds(kafka)).containsAll(reported));

                reported.addAll(report(bridge, 30));
                kafka.kill();
                reported.addAll(report(bridge, 30));
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(bridge.output()).contains("downstream topic: down"));
                kafka.start().awaitAnswering();
                await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(messageIds(kafka)).containsAll(reported));

                kafka.kill();
                reported.addAll(report(bridge, 30));
                bridge.kill();
            }
            kafka.start().awaitAnswering();
            try (PackagedBridge bridge = PackagedBridge.start(home, port).awaitAnswering()) {
                await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(messageIds(kafka)).containsAll(reported));
                assertThat(bridge.output()).doesNotContain("given up");
            }
            // What was under way as one of them was killed comes again, with the same id; nothing else does.
            assertThat(messageIds(kafka)).isSubsetOf(reported).hasSizeLessThan(2 * reported.size());
        }
    }

    @Test
    void aComponentThatIsNotInLibStopsTheStart() throws Exception {
        Files.writeString(home.resolve("application.properties"), """
                account.main.baseUrl=http://localhost:1
                account.main.apiKey=k
                sms.default-account=main
                webhooks.token=none
                downstream.topic.url=kafka:sms-events?brokers=localhost:9092
                """);
        PackagedBridge bridge = PackagedBridge.start(home, FreePort.find());
        assertThat(bridge.exitCode()).isEqualTo(2);
        assertThat(bridge.output()).contains("  downstream.topic.url: there is no Camel component 'kafka'; put its jars into lib/ beside application.properties");
    }
}
