package io.smsbridge.send;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who goes first, how many in a second, and what 429 and an Infobip that fails do to that. */
class SendLanesTest {

    @TempDir
    Path home;
    private ScriptedInfobip infobip;
    private ScriptedDownstream downstream;
    private TestBridge bridge;

    @BeforeEach
    void start() throws Exception {
        infobip = new ScriptedInfobip();
        downstream = new ScriptedDownstream();
        bridge = new TestBridge(home, """
                account.campaign.baseUrl=%1$s
                account.campaign.apiKey=k
                account.campaign.parallelSends=4
                account.campaign.responseTimeout=300000
                account.single.baseUrl=%1$s
                account.single.apiKey=k
                account.single.parallelSends=1
                account.single.batchSize=1
                account.single.retryDelay=2s
                account.single.responseTimeout=300000
                account.slow.baseUrl=%1$s
                account.slow.apiKey=k
                account.slow.messagesPerSecond=10
                account.bulk.baseUrl=%1$s
                account.bulk.apiKey=k
                account.bulk.priority=normal
                account.bulk.parallelSends=1
                account.bulk.responseTimeout=300000
                sms.default-account=campaign
                optOut.enforce=true
                downstream.log.url=%2$s/log
                downstream.log.format=cloudevents
                downstream.log.events=sent,failed
                """.formatted(infobip.url(), downstream.url()));
    }

    @AfterEach
    void stop() {
        infobip.release();
        bridge.close();
        infobip.close();
        downstream.close();
    }

    private static String batch(int size, int first, String text) {
        return IntStream.range(0, size).mapToObj(i -> "{\"to\": \"4477%08d\"}".formatted(first + i))
                .collect(Collectors.joining(",", "{\"text\": \"" + text + "\", \"messages\": [", "]}"));
    }

    private List<String> texts() {
        return infobip.calls().stream().map(call -> call.at("/messages/0/content/text").asText()).toList();
    }

    /** When each call came in, in milliseconds, the first one first. */
    private List<Long> times() {
        List<Long> times = new ArrayList<>(infobip.server.getAllServeEvents().stream()
                .map(event -> event.getRequest().getLoggedDate().getTime()).toList());
        Collections.sort(times);
        return times;
    }

    @Test
    void aOneTimePasswordOvertakesALargeCampaign() throws Exception {
        for (int i = 0; i < 12; i++) {
            bridge.send("campaign", batch(1000, i * 1000, "held " + "x".repeat(3000)));
        }
        // All calls that may be made for what is normal.
        await().atMost(180, TimeUnit.SECONDS).until(() -> infobip.held() == 3 && bridge.waiting("sends.campaign") == 12_000);
        bridge.send("campaign", "{\"to\": \"447700900123\", \"text\": \"Your code is 1\"}");
        await().until(() -> texts().contains("Your code is 1"));
        assertThat(bridge.waiting("sends.campaign")).isEqualTo(12_000);
    }

    @Test
    void highGoesFirstWhereARequestOrItsSizeSaysSo() throws Exception {
        bridge.send("single", "{\"to\": \"447700900120\", \"text\": \"held\", \"priority\": \"normal\"}");
        await().until(() -> infobip.held() == 1);
        bridge.send("single", batch(2, 10, "batch"));
        bridge.send("single", "{\"to\": \"447700900121\", \"text\": \"normal\", \"priority\": \"Normal\"}");
        await().until(() -> bridge.waiting("sends.single") == 4);
        bridge.send("single", "{\"to\": \"447700900122\", \"text\": \"alone\"}");
        bridge.send("single", """
                {"text": "mixed", "messages": [{"to": "447700900123", "prio": "high", "text": "urgent"}, {"to": "447700900124"}]}""");
        await().until(() -> bridge.waiting("sends.single") == 5 && bridge.waiting("sends.single.high") == 2);
        infobip.release();
        await().until(() -> texts().size() == 7);
        assertThat(texts().subList(0, 3)).containsExactlyInAnyOrder("held", "alone", "urgent");
        assertThat(texts().subList(3, 7)).containsExactlyInAnyOrder("batch", "batch", "normal", "mixed");
    }

    @Test
    void anAccountCanTakeEveryoneForNormal() throws Exception {
        bridge.send("bulk", "{\"to\": \"447700900121\", \"text\": \"held\"}");
        await().until(() -> infobip.held() == 1);
        bridge.send("bulk", "{\"to\": \"447700900122\", \"text\": \"second\"}");
        await().until(() -> bridge.waiting("sends.bulk") == 2);
        bridge.send("bulk", "{\"to\": \"447700900123\", \"text\": \"third\", \"priority\": \"high\"}");
        await().until(() -> bridge.waiting("sends.bulk.high") == 1);
        infobip.release();
        await().until(() -> texts().size() == 3);
        assertThat(texts()).containsExactly("held", "third", "second");
    }

    @Test
    void aPriorityHasToBeOneThereIs() throws Exception {
        assertThat(bridge.post("/sms/send", "{\"to\": \"447700900123\", \"text\": \"Hi\", \"priority\": \"low\"}").body())
                .contains("priority: has to be one of high, normal");
    }

    @Test
    void sendsNoMoreRecipientsInASecondThanTheAccountMay() throws Exception {
        // Not from the first call's arrival, which may be late.
        long begin = System.currentTimeMillis();
        bridge.send("slow", batch(40, 0, "A"));
        await().until(() -> infobip.messageIds().size() == 40);
        assertThat(infobip.calls()).allSatisfy(call -> assertThat(call.get("messages").size()).isLessThanOrEqualTo(10));
        List<Long> times = times();
        assertThat(times.get(times.size() - 1) - begin).isGreaterThanOrEqualTo(2_900);
    }

    @Test
    void after429NobodyIsCalledForAsLongAsInfobipAsksAndThenMoreSlowly() throws Exception {
        infobip.answers(aResponse().withStatus(429).withHeader("Retry-After", "3"));
        bridge.send("single", batch(4, 0, "A"));
        await().until(() -> downstream.items("/log").size() == 4);
        List<Long> times = times();
        assertThat(times).hasSize(5);
        assertThat(times.get(1) - times.get(0)).isGreaterThanOrEqualTo(2_900);
        assertThat(times.get(3) - times.get(0)).as("one in a second from then on").isGreaterThanOrEqualTo(4_800);
        assertThat(downstream.items("/log")).extracting(event -> event.get("type").asText()).allMatch(type -> type.endsWith("sent"));
    }

    @Test
    void anInfobipThatFailsAgainAndAgainIsProbedAndWhatWaitsStaysInItsQueue() throws Exception {
        infobip.answers(IntStream.range(0, 6).mapToObj(i -> aResponse().withStatus(503)).toArray(
                ResponseDefinitionBuilder[]::new));
        bridge.send("single", batch(20, 0, "A"));
        await().until(() -> infobip.calls().size() >= 5 && bridge.waiting("sends.single") == 20);
        await().until(() -> downstream.items("/log").size() == 20);
        List<Long> times = times();
        assertThat(times).hasSize(26);
        assertThat(times.get(5) - times.get(4)).isGreaterThanOrEqualTo(1_900);
        assertThat(times.get(6) - times.get(5)).isGreaterThanOrEqualTo(3_900);
    }

    @Test
    void whoWritesStopWhileAMessageWaitsDoesNotGetItAndIsAnsweredAllTheSame() throws Exception {
        infobip.answers(aResponse().withStatus(503).withHeader("Retry-After", "10"));
        bridge.send("slow", batch(2, 900123, "A"));
        await().until(() -> infobip.calls().size() == 1);
        assertThat(bridge.post("/infobip/inbound-messages/slow", """
                {"results": [{"messageId": "stop-1", "from": "447700900123", "to": "447700900999", "text": "STOP", "cleanText": "STOP",
                              "keyword": "", "receivedAt": "2026-11-24T10:00:00.000+0000", "smsCount": 1}]}""").statusCode()).isEqualTo(200);
        await().until(() -> downstream.items("/log").size() == 2);
        JsonNode failed = downstream.items("/log").stream().filter(event -> event.get("type").asText().endsWith("failed")).findFirst().orElseThrow();
        assertThat(failed.at("/data/failureCode").asText()).isEqualTo("903");
        assertThat(failed.at("/data/to").asText()).isEqualTo("447700900123");
        assertThat(infobip.calls().get(1).findValuesAsText("to")).containsExactly("447700900124");
    }

    @Test
    void whatWaitsForItsTurnIsNeitherLostNorDoubledByARestart() throws Exception {
        JsonNode answer = bridge.send("slow", batch(60, 0, "A"));
        await().until(() -> infobip.calls().size() >= 2);
        bridge.close();
        bridge = new TestBridge(home, Files.readString(home.resolve("application.properties")));
        await().until(() -> infobip.messageIds().size() >= 60);
        assertThat(infobip.messageIds()).containsExactlyInAnyOrderElementsOf(answer.get("messages").findValuesAsText("messageId"));
    }
}
