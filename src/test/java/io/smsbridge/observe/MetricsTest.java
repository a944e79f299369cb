package io.smsbridge.observe;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the bridge counts, scraped as Prometheus does it: over HTTP, without a login. */
class MetricsTest {

    private static final Pattern SAMPLE = Pattern.compile("(?m)^(\\w+(?:\\{[^}]*})?) (\\S+)$");

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    static Path home;

    private static ScriptedInfobip infobip;
    private static ScriptedDownstream downstream;
    private static TestBridge bridge;
    private Map<String, Double> before;

    @BeforeAll
    static void start() throws Exception {
        infobip = new ScriptedInfobip();
        downstream = new ScriptedDownstream();
        bridge = new TestBridge(home, """
                account.main.baseUrl=%1$s
                account.main.apiKey=k
                account.main.retryDelay=50ms
                account.lame.baseUrl=http://localhost:1
                account.lame.apiKey=k
                account.lame.retryMaxAge=0s
                sms.default-account=main
                optOut.enforce=true
                webhooks.token=t0ken
                downstream.crm.url=%2$s/crm
                downstream.crm.retryDelay=50ms
                downstream.dead.url=%2$s/dead
                """.formatted(infobip.url(), downstream.url()));
    }

    @AfterAll
    static void stop() {
        bridge.close();
        infobip.close();
        downstream.close();
    }

    @BeforeEach
    void forget() throws Exception {
        bridge.awaitIdle();
        infobip.acceptAll();
        downstream.takeAll();
        before = scrape();
    }

    private static Map<String, Double> scrape() throws Exception {
        Map<String, Double> samples = new TreeMap<>();
        Matcher sample = SAMPLE.matcher(text());
        while (sample.find()) {
            samples.put(sample.group(1), Double.valueOf(sample.group(2)));
        }
        return samples;
    }

    private static String text() throws Exception {
        HttpResponse<String> response = HTTP.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + bridge.managementPort + "/observe/metrics")).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    /** Within a while, the sample has grown by so much in this test. */
    private void grew(String sample, double by) {
        await(sample).untilAsserted(() -> assertThat(scrape().getOrDefault(sample, 0d) - before.getOrDefault(sample, 0d)).isEqualTo(by));
    }

    @Test
    void aBatchIsCountedFromTheDoorToInfobipsAnswer() throws Exception {
        bridge.send("main", """
                {"text": "Hello", "messages": [{"to": "447700900001"}, {"to": "447700900002", "text": "status=5.6 no"}, {"to": "nobody"}]}
                """);
        grew("smsbridge_recipients_accepted_total{account=\"main\"}", 2);
        grew("smsbridge_recipients_refused_total{account=\"main\",reason=\"to\"}", 1);
        grew("smsbridge_recipients_sent_total{account=\"main\"}", 1);
        await().untilAsserted(() -> assertThat(scrape().keySet()).anyMatch(sample ->
                sample.startsWith("smsbridge_recipients_rejected_total{account=\"main\",status=\"")));
        grew("smsbridge_infobip_calls_seconds_count{account=\"main\",code=\"200\"}", 1);
        grew("smsbridge_send_latency_seconds_count{account=\"main\"}", 1);
        grew("smsbridge_send_latency_seconds_bucket{account=\"main\",le=\"86400.0\"}", 1);
        // The one refused at the door, and the one Infobip rejected.
        grew("smsbridge_events_total{account=\"main\",type=\"failed\"}", 2);
    }

    @Test
    void anIdSentAgainIsADuplicate() throws Exception {
        String request = "{\"to\": \"447700900003\", \"text\": \"Hello\", \"messageId\": \"" + TestBridge.newId() + "\"}";
        bridge.send("main", request);
        grew("smsbridge_recipients_sent_total{account=\"main\"}", 1);
        bridge.send("main", request);
        grew("smsbridge_duplicates_dropped_total{kind=\"sends\"}", 1);
        grew("smsbridge_recipients_accepted_total{account=\"main\"}", 1);
    }

    @Test
    void aCallThatFailsIsRetriedAndOneWithoutRetriesIsADeadLetter() throws Exception {
        infobip.answers(aResponse().withStatus(503));
        bridge.send("main", "{\"to\": \"447700900004\", \"text\": \"Hello\"}");
        grew("smsbridge_calls_retried_total{queue=\"sends.main\"}", 1);
        grew("smsbridge_infobip_calls_seconds_count{account=\"main\",code=\"503\"}", 1);
        grew("smsbridge_recipients_sent_total{account=\"main\"}", 1);

        bridge.send("lame", "{\"to\": \"447700900004\", \"text\": \"Hello\"}");
        grew("smsbridge_dead_letters_total{queue=\"sends.lame\",reason=\"exhausted\"}", 1);
        grew("smsbridge_infobip_calls_seconds_count{account=\"lame\",code=\"none\"}", 1);
        grew("smsbridge_recipients_rejected_total{account=\"lame\",status=\"NO_ANSWER\"}", 1);
        grew("smsbridge_queue_waiting_items{queue=\"dead-letters.sends.lame\"}", 1);
        await().untilAsserted(() -> assertThat(scrape().get("smsbridge_queue_oldest_age_seconds{queue=\"dead-letters.sends.lame\"}")).isPositive());
    }

    @Test
    void aWebhookIsCountedToTheDownstreamsAnswer() throws Exception {
        String id = TestBridge.newId();
        String report = """
                {"results": [{"messageId": "%1$s-a", "status": {"groupId": 3, "id": 5, "name": "DELIVERED_TO_HANDSET"}, "to": "447700900005"},
                 {"messageId": "%1$s-b", "status": {"groupId": 3, "id": 5, "name": "DELIVERED_TO_HANDSET"}, "to": "447700900006"},
                 {"nothing": true}]}""".formatted(id);
        downstream.answers("/crm", aResponse().withStatus(500));
        downstream.answers("/dead", aResponse().withStatus(404));
        bridge.post("/infobip/delivery-reports/main/t0ken", report);
        grew("smsbridge_webhooks_total{account=\"main\",kind=\"delivery-reports\"}", 1);
        grew("smsbridge_events_total{account=\"main\",type=\"delivered\"}", 2);
        grew("smsbridge_dead_letters_total{queue=\"webhooks.delivery-reports\",reason=\"unreadable\"}", 1);
        grew("smsbridge_calls_retried_total{queue=\"events.crm\"}", 1);
        // The batch's size and its time of arrival outlast the retry.
        grew("smsbridge_events_forwarded_total{downstream=\"crm\"}", 2);
        grew("smsbridge_forward_latency_seconds_count{downstream=\"crm\"}", 1);
        grew("smsbridge_downstream_calls_seconds_count{code=\"500\",downstream=\"crm\"}", 1);
        grew("smsbridge_downstream_calls_seconds_count{code=\"200\",downstream=\"crm\"}", 1);
        grew("smsbridge_dead_letters_total{queue=\"events.dead\",reason=\"refused\"}", 1);
        assertThat(scrape().get("smsbridge_forward_latency_seconds_sum{downstream=\"crm\"}")).isBetween(0.05, 60d);

        bridge.post("/infobip/delivery-reports/main/t0ken", report);
        grew("smsbridge_duplicates_dropped_total{kind=\"delivery-reports\"}", 2);
        grew("smsbridge_downstream_duplicates_dropped_total{downstream=\"crm\"}", 2);
    }

    @Test
    void whatAnyoneCanWriteIsNoLabel() throws Exception {
        bridge.post("/infobip/clicks/made-up-name/t0ken", "{\"messageId\": \"x\", \"url\": \"https://example.com/447700900007\"}");
        grew("smsbridge_webhooks_total{account=\"other\",kind=\"clicks\"}", 1);
        bridge.post("/sms/send/made-up-name", "{}");
        grew("smsbridge_requests_refused_total{code=\"404\",route=\"accept-sends\"}", 1);
        bridge.post("/infobip/clicks/main/wrong", "{}");
        grew("smsbridge_requests_refused_total{code=\"401\",route=\"receive-clicks\"}", 1);
        bridge.send("main", "{\"text\": \"Hello\", \"messages\": [{\"to\": \"447700900008\"}, {\"to\": \"447700900009\", \"sendAt\": \"made-up-name\"}]}");
        grew("smsbridge_recipients_refused_total{account=\"main\",reason=\"sendAt\"}", 1);
        grew("smsbridge_queue_waiting_items{queue=\"sends.main\"}", 0);
        assertThat(text()).doesNotContain("made-up-name", "4477009", "example.com");
    }

    @Test
    void aPersonWhoHasOptedOutIsARefusalOfItsOwn() throws Exception {
        bridge.post("/infobip/inbound-messages/main/t0ken", """
                {"results": [{"messageId": "%s", "from": "447700900010", "to": "447700900099", "text": "STOP"}]}""".formatted(TestBridge.newId()));
        grew("smsbridge_events_total{account=\"main\",type=\"replied\"}", 1);
        await().until(() -> bridge.post("/sms/send/main", "{\"to\": \"447700900010\", \"text\": \"Hello\"}").body().contains("opted out"));
        await().untilAsserted(() -> assertThat(scrape().get("smsbridge_recipients_refused_total{account=\"main\",reason=\"opted-out\"}")).isPositive());
    }

    /** The list in docs/operate.md is what is there, and all that is there of the bridge's own. */
    @Test
    void thePageNamesEveryMetric() throws Exception {
        // Those without a sample until something has happened.
        aCallThatFailsIsRetriedAndOneWithoutRetriesIsADeadLetter();
        forget();
        aWebhookIsCountedToTheDownstreamsAnswer();
        forget();
        whatAnyoneCanWriteIsNoLabel();
        Set<String> scraped = scrape().keySet().stream().map(sample -> sample.replaceAll("\\{.*", "")).filter(name -> name.startsWith("smsbridge_"))
                .map(name -> name.replaceAll("_(bucket|count|sum|max)$", "")).collect(Collectors.toCollection(TreeSet::new));
        Set<String> told = new TreeSet<>();
        Matcher name = Pattern.compile("`(smsbridge_\\w+)`").matcher(Files.readString(Path.of("docs/operate.md")));
        while (name.find()) {
            told.add(name.group(1));
        }
        assertThat(told).isEqualTo(scraped);
        assertThat(scrape().keySet()).anyMatch(sample -> sample.startsWith("jvm_memory_used_bytes{"));
    }
}
