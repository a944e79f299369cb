package io.smsbridge.observe;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.MethodName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What /observe/health answers, and what the log says, while parts of the bridge fail. The last one takes away what does not come back. */
@TestMethodOrder(MethodName.class)
class HealthTest {

    @TempDir
    static Path home;

    private static ScriptedInfobip infobip;
    private static ScriptedDownstream downstream;
    private static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        infobip = new ScriptedInfobip();
        downstream = new ScriptedDownstream();
        bridge = new TestBridge(home, """
                account.main.baseUrl=%1$s
                account.main.apiKey=s3cret
                account.main.retryDelay=300ms
                sms.default-account=main
                ledger.connectTimeout=2000
                downstream.health-crm.url=%2$s/health-crm
                downstream.health-crm.events=sent
                downstream.health-crm.retryDelay=100ms
                downstream.health-crm.retryMaxDelay=500ms
                downstream.health-crm.downAfter=0
                """.formatted(infobip.url(), downstream.url()));
    }

    @AfterAll
    static void stop() {
        bridge.close();
        infobip.close();
        downstream.close();
    }

    private static HttpResponse<String> health(String path) throws Exception {
        return bridge.manage("GET", "/observe/health" + path, "", new String[0]);
    }

    private static JsonNode check(String name) throws Exception {
        JsonNode answer = TestBridge.JSON.readTree(health("/ready").body());
        for (JsonNode check : answer.get("checks")) {
            if (check.get("name").asText().equals(name)) {
                return check;
            }
        }
        throw new AssertionError(name + " is no check of " + answer);
    }

    private static void send(String to) throws Exception {
        bridge.send("main", "{\"to\": \"" + to + "\", \"text\": \"Hello\"}");
    }

    @Test
    void a1aHealthyBridgeIsReady() throws Exception {
        assertThat(health("/ready").statusCode()).isEqualTo(200);
        assertThat(health("/live").statusCode()).isEqualTo(200);
        for (String name : List.of("ledger", "doors", "account main", "downstream health-crm")) {
            assertThat(check(name).get("status").asText()).as(name).isEqualTo("UP");
            assertThat(check(name).has("message")).as(name).isFalse();
        }
    }

    @Test
    void a2anAccountThatIsRefusedIsDegradedUntilItIsNot() throws Exception {
        infobip.server.stubFor(post(urlEqualTo(ScriptedInfobip.PATH)).atPriority(1).willReturn(aResponse().withStatus(401).withBody("{\"requestError\": {\"serviceException\": {\"text\": \"Invalid login details 447700900123\"}}}")));
        send("447700900123");
        await().untilAsserted(() -> assertThat(check("account main").path("message").asText()).startsWith("degraded since ").contains("Infobip answers 401"));
        assertThat(check("account main").get("status").asText()).isEqualTo("UP");
        assertThat(health("/ready").statusCode()).isEqualTo(200);
        assertThat(health("?exposureLevel=full&stackTrace=true&data=true").body()).doesNotContain("s3cret", "447700900123");
        infobip.acceptAll();
        await().atMost(60, TimeUnit.SECONDS).untilAsserted(() -> assertThat(check("account main").has("message")).isFalse());
    }

    @Test
    void a3aDownstreamThatFailsIsDegradedUntilItDoesNot() throws Exception {
        downstream.server.stubFor(post(urlEqualTo("/health-crm")).atPriority(1).willReturn(aResponse().withStatus(503)));
        send("447700900125");
        await().untilAsserted(() -> assertThat(check("downstream health-crm").path("message").asText()).contains("HTTP 503"));
        assertThat(health("/ready").statusCode()).isEqualTo(200);
        downstream.takeAll();
        await().untilAsserted(() -> assertThat(check("downstream health-crm").has("message")).isFalse());
    }

    @Test
    void a4aLineOfTheLogNamesItsRequestFromTheDoorToTheDownstream() throws Exception {
        send("447700900126");
        await().untilAsserted(() -> {
            List<String> lines = bridge.logged();
            String forwarded = lines.stream().filter(line -> line.contains("forward-to-health-crm 1 events answered 200")).reduce((first, last) -> last).orElse("");
            assertThat(forwarded).matches(".* ms \\[\\S+]");
            String id = forwarded.substring(forwarded.lastIndexOf('['));
            assertThat(lines.stream().filter(line -> line.endsWith(id)).map(line -> line.split(" +")[2]).toList())
                    .contains("accept-sends", "send-via-main", "forward-to-health-crm");
        });
    }

    @Test
    void a5aLevelIsChangedWhileTheBridgeRuns() throws Exception {
        assertThat(log("setLevel", "\"send-via-main\", \"WARN\"")).contains("send-via-main logs WARN");
        send("447700900127");
        bridge.awaitIdle();
        assertThat(log("setLevel", "\"send-via-main\", \"\"")).contains("send-via-main logs INFO");
        assertThat(log("setLevel", "\"send-via-main\", \"LOUD\"")).contains("is none of OFF, ERROR");
    }

    /** The HTTP client would show whole requests, with their credentials and texts. */
    @Test
    void a6theHttpClientsOwnLogStaysOff() throws Exception {
        for (String logger : List.of("org.apache.hc", "org.apache.hc.client5.http.wire", "org.apache.hc.client5.http.headers")) {
            assertThat(log("setLevel", "\"" + logger + "\", \"DEBUG\"")).contains("shows credentials and texts");
        }
    }

    private static String log(String operation, String arguments) throws Exception {
        return bridge.manage("POST", "/observe/jolokia",
                "{\"type\": \"exec\", \"mbean\": \"io.smsbridge:type=logging\", \"operation\": \"" + operation + "\", \"arguments\": [" + arguments + "]}").body();
    }

    @Test
    void b1withoutItsLedgerItIsNotReadyButAlive() throws Exception {
        bridge.database().close();
        await().untilAsserted(() -> assertThat(health("/ready").statusCode()).isEqualTo(503));
        assertThat(check("ledger").get("message").asText()).contains("ledger.url");
        assertThat(health("/live").statusCode()).isEqualTo(200);
    }
}
