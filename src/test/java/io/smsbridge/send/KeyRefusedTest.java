package io.smsbridge.send;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.smsbridge.TestBridge.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An Infobip that refuses an account's key: the account is down, and the campaign waits. */
class KeyRefusedTest {

    @TempDir
    static Path home;
    static ScriptedInfobip infobip;
    static ScriptedDownstream downstream;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        infobip = new ScriptedInfobip();
        downstream = new ScriptedDownstream();
        bridge = new TestBridge(home, """
                account.main.baseUrl=%1$s
                account.main.apiKey=expired
                account.main.retryDelay=100ms
                account.main.retryMaxDelay=500ms
                account.main.batchSize=10
                account.other.baseUrl=%1$s
                account.other.apiKey=good
                sms.default-account=main
                downstream.log.url=%2$s/log
                downstream.log.format=log
                downstream.log.events=sent,failed
                """.formatted(infobip.url(), downstream.url()), "log.jslt", ".");
    }

    @AfterAll
    static void stop() {
        bridge.close();
        downstream.close();
        infobip.close();
    }

    @BeforeEach
    void forget() {
        downstream.takeAll();
        infobip.acceptAll();
    }

    private static void refuse(int status) {
        infobip.server.stubFor(post(urlEqualTo(ScriptedInfobip.PATH)).atPriority(1).withHeader("Authorization", equalTo("App expired"))
                .willReturn(aResponse().withStatus(status).withBody("{\"requestError\": {\"serviceException\": {\"messageId\": \"UNAUTHORIZED\", \"text\": \"Invalid login details\"}}}")));
    }

    private static List<JsonNode> told() throws Exception {
        List<JsonNode> all = new ArrayList<>();
        for (var post : downstream.posts("/log")) {
            JSON.readTree(post.getBodyAsString()).forEach(all::add);
        }
        return all;
    }

    private static String health() throws Exception {
        return bridge.manage("GET", "/observe/health", "").body();
    }

    private static int deadLetters() throws Exception {
        return JSON.readTree(bridge.manage("GET", "/dead-letters?account=main", "").body()).get("total").asInt();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void whatWaitsForAnAccountWhoseKeyIsRefusedWaitsAndIsSentOnce(int status) throws Exception {
        refuse(status);
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            ids.add(bridge.send("main", "{\"to\": \"4477009001" + (10 + i) + "\", \"text\": \"A\"}").at("/messages/0/messageId").asText());
        }
        // Enough for several probes.
        await().atMost(60, TimeUnit.SECONDS).until(() -> infobip.calls().size() >= 4);
        await().untilAsserted(() -> assertThat(health()).contains("Infobip answers " + status));

        String elsewhere = bridge.send("other", "{\"to\": \"447700900199\", \"text\": \"B\"}").at("/messages/0/messageId").asText();
        await().atMost(30, TimeUnit.SECONDS).until(() -> told().stream().anyMatch(event -> event.get("messageId").asText().equals(elsewhere)));
        assertThat(told()).hasSize(1);
        assertThat(deadLetters()).isZero();

        infobip.acceptAll();
        await().atMost(60, TimeUnit.SECONDS).untilAsserted(() -> assertThat(told()).hasSize(31));
        assertThat(told()).allMatch(event -> event.get("type").asText().equals("sent"));
        assertThat(told()).extracting(event -> event.get("messageId").asText()).doesNotHaveDuplicates().containsAll(ids);
        assertThat(infobip.acceptedIds()).doesNotHaveDuplicates().containsAll(ids);
        await().untilAsserted(() -> assertThat(health()).doesNotContain("Infobip answers " + status));
    }

    @Test
    void nothingIsToldAsFailedBeforeItsTimeHasPassed() throws Exception {
        refuse(401);
        Instant until = Instant.now().plusSeconds(4);
        String id = bridge.send("main", "{\"to\": \"447700900123\", \"text\": \"A\", \"sendBefore\": \"" + until + "\"}").at("/messages/0/messageId").asText();
        await().atMost(60, TimeUnit.SECONDS).until(() -> !told().isEmpty());
        assertThat(Instant.now()).isAfterOrEqualTo(until);
        assertThat(told()).singleElement().satisfies(event -> {
            assertThat(event.get("messageId").asText()).isEqualTo(id);
            assertThat(event.get("type").asText()).isEqualTo("failed");
            assertThat(event.get("failureCode").asText()).isEqualTo("916");
        });
        assertThat(deadLetters()).isZero();
    }
}
