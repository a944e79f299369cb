package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus scrapes the packaged bridge, and has data for every query of the dashboard. Without Debian's package prometheus it is skipped. */
class PrometheusIT {

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Path RULES = Path.of("src/main/prometheus/alerts.yml");
    /** What the dashboard looks like; docs/operate.md shows it. For a picture of more than seconds: -Dprometheus.seconds=120. */
    private static final Path PICTURE = Path.of("target/grafana-dashboard.svg");
    private static final int LONGER = Integer.getInteger("prometheus.seconds", 0);

    @TempDir
    Path home;

    @BeforeAll
    static void isThere() throws InterruptedException {
        // The ledger's database makes no difference here.
        Assumptions.assumeTrue(System.getProperty("test.postgres", "").isEmpty());
        boolean found;
        try {
            found = new ProcessBuilder("promtool", "--version").redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException e) {
            found = false;
        }
        if (!"required".equals(System.getenv("TEST_PROMETHEUS"))) {
            Assumptions.assumeTrue(found, "prometheus is not installed");
        }
        assertThat(found).as("promtool on the PATH").isTrue();
    }

    @Test
    void alertsFireForWhatTheyAreMeantFor() throws Exception {
        promtool("check", "rules", RULES.toString());
        promtool("test", "rules", "src/test/prometheus/alerts-test.yml");
    }

    @Test
    void everyQueryOfTheDashboardHasData() throws Exception {
        Files.writeString(home.resolve("application.properties"), """
                account.sandbox.baseUrl=http://localhost:{{http.port}}/sandbox/infobip
                account.sandbox.apiKey={{sandbox.apiKey}}
                account.sandbox.clickTracking=default-domain
                account.sandbox.publicUrl=http://localhost:{{http.port}}
                account.busy.baseUrl=http://localhost:{{http.port}}/sandbox/infobip
                account.busy.apiKey={{sandbox.apiKey}}
                account.busy.retryDelay=500ms
                sms.default-account=sandbox
                downstream.crm.url=http://localhost:{{http.port}}/sandbox/downstream/crm
                console.password=c0nsole
                """);
        int port = FreePort.find();
        Process prometheus = null;
        try (PackagedBridge bridge = PackagedBridge.start(home, FreePort.find()).awaitAnswering()) {
            Path configuration = Files.writeString(home.resolve("prometheus.yml"), """
                    scrape_configs:
                      - job_name: infobip-sms-bridge
                        scrape_interval: 1s
                        metrics_path: /observe/metrics
                        static_configs:
                          - targets: ["localhost:%d"]
                    rule_files:
                      - %s
                    """.formatted(bridge.managementPort, RULES.toAbsolutePath()));
            prometheus = new ProcessBuilder("prometheus", "--config.file=" + configuration, "--storage.tsdb.path=" + home.resolve("tsdb"),
                    "--web.listen-address=127.0.0.1:" + port).redirectErrorStream(true).redirectOutput(home.resolve("prometheus.log").toFile()).start();
            List<String> queries = queries();
            assertThat(queries).hasSizeGreaterThan(30);
            // One of each kind: sent, rejected, retried, answered, clicked, refused at the door, and a request that is none.
            String traffic = """
                    {"text": "See https://example.com/sale", "messages": [{"to": "447700900123"}, {"to": "447700909001"}, {"to": "494066969014"}, {"to": "nobody"}]}""";
            await().atMost(180, TimeUnit.SECONDS).pollInterval(1, TimeUnit.SECONDS).ignoreExceptionsInstanceOf(IOException.class).untilAsserted(() -> {
                bridge.post("/sms/send/sandbox", traffic);
                // By an account of its own, which is then left alone for a while.
                bridge.post("/sms/send/busy", "{\"to\": \"447700909429\", \"text\": \"Hello\"}");
                bridge.post("/sms/send/sandbox", "no JSON");
                List<String> empty = new ArrayList<>();
                for (String query : queries) {
                    if (result(port, query).isEmpty()) {
                        empty.add(query);
                    }
                }
                assertThat(empty).as("queries without data").isEmpty();
            });
            long until = System.nanoTime() + Duration.ofSeconds(LONGER).toNanos();
            await().atMost(Duration.ofSeconds(LONGER + 60)).pollInterval(Duration.ofMillis(200)).until(() -> {
                bridge.post("/sms/send/sandbox", traffic);
                return System.nanoTime() > until;
            });
            Files.writeString(PICTURE, DashboardPicture.of(dashboard(), query -> range(port, query)));
            // A server can evaluate each rule, too.
            JsonNode rules = get(port, "/api/v1/rules").at("/data/groups/0/rules");
            assertThat(rules).isNotEmpty().allSatisfy(rule -> assertThat(rule.get("health").asText()).isNotEqualTo("err"));
        } finally {
            if (prometheus != null) {
                prometheus.destroy();
                prometheus.waitFor();
            }
        }
    }

    private static JsonNode dashboard() throws IOException {
        return TestBridge.JSON.readTree(Path.of("src/main/grafana/infobip-sms-bridge.json").toFile());
    }

    private static List<String> queries() throws IOException {
        return dashboard().get("panels").findValuesAsText("expr").stream().map(PrometheusIT::filledIn).toList();
    }

    /** As Grafana would ask. */
    private static String filledIn(String query) {
        return query.replace("$__rate_interval", "30s").replace("$instance", ".*");
    }

    /** Of the last two minutes. */
    private static JsonNode range(int port, String query) throws Exception {
        long now = System.currentTimeMillis() / 1000;
        return get(port, "/api/v1/query_range?step=2&start=" + (now - 120) + "&end=" + now + "&query=" + URLEncoder.encode(filledIn(query), StandardCharsets.UTF_8))
                .at("/data/result");
    }

    private static JsonNode result(int port, String query) throws Exception {
        JsonNode answer = get(port, "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
        assertThat(answer.path("status").asText()).as(query + ": " + answer).isEqualTo("success");
        return answer.at("/data/result");
    }

    private static JsonNode get(int port, String path) throws Exception {
        return TestBridge.JSON.readTree(HTTP.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                HttpResponse.BodyHandlers.ofString()).body());
    }

    private static void promtool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
