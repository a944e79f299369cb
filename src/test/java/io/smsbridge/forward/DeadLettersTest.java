package io.smsbridge.forward;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static io.smsbridge.TestBridge.JSON;
import static io.smsbridge.TestBridge.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import io.smsbridge.ledger.DeadLetter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dead letters: what is listed of them, and that a replay or a discard does what it says, once. */
class DeadLettersTest {

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
                account.main.baseUrl=%2$s
                account.main.apiKey=k
                account.impatient.baseUrl=%2$s
                account.impatient.apiKey=k
                account.impatient.retryMaxAge=0s
                sms.default-account=main
                downstream.log.url=%1$s/log
                downstream.log.format=log
                downstream.log.events=sent,delivered,failed,replied,clicked
                downstream.strict.url=%1$s/strict
                downstream.tired.url=%1$s/tired
                downstream.tired.retryMaxAge=0s
                downstream.clevertap.url=%1$s/clevertap
                downstream.clevertap.format=clevertap
                """.formatted(downstream.url(), infobip.url()), "log.jslt", ".");
    }

    @AfterAll
    static void stop() {
        bridge.close();
        downstream.close();
        infobip.close();
    }

    @BeforeEach
    void forget() throws Exception {
        bridge.awaitIdle();
        discard("all=true");
        downstream.takeAll();
        infobip.acceptAll();
    }

    private static final AtomicInteger KEPT = new AtomicInteger();
    private static HttpResponse<String> call(String method, String path, String... choices) throws Exception {
        String query = Arrays.stream(choices).map(choice -> choice.split("=", 2))
                .map(choice -> choice[0] + "=" + URLEncoder.encode(choice[1], StandardCharsets.UTF_8)).collect(Collectors.joining("&"));
        return bridge.manage(method, path + (query.isEmpty() ? "" : "?" + query), "");
    }

    private static JsonNode ask(String method, String path, String... choices) throws Exception {
        HttpResponse<String> answer = call(method, path, choices);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        return JSON.readTree(answer.body());
    }

    private static JsonNode list(String... choices) throws Exception {
        return ask("GET", "/dead-letters", choices);
    }

    private static JsonNode show(JsonNode letter) throws Exception {
        return ask("GET", "/dead-letters/" + letter.get("id").asText());
    }

    private static JsonNode replay(String... choices) throws Exception {
        return ask("POST", "/dead-letters/replay", choices);
    }

    private static JsonNode discard(String... choices) throws Exception {
        return ask("DELETE", "/dead-letters", choices);
    }

    private static JsonNode onlyLetter(String... choices) {
        return letters(1, choices).get(0);
    }

    private static List<JsonNode> letters(int count, String... choices) {
        return await().until(() -> {
            List<JsonNode> letters = new ArrayList<>();
            list(choices).get("letters").forEach(letters::add);
            return letters;
        }, letters -> letters.size() == count);
    }

    private static void report(String messageId) throws Exception {
        assertThat(bridge.post("/infobip/delivery-reports/main", "{\"results\": [{\"messageId\": \"" + messageId + "\", \"to\": \"447700900123\", "
                + "\"callbackData\": \"meta of " + messageId + "\", \"doneAt\": \"2026-11-23T10:00:00.000+0000\", \"status\": {\"groupId\": 3, \"id\": 5}}]}")
                .statusCode()).isEqualTo(200);
    }

    /** Posts to a path that tell of a message. */
    private static long posts(String path, String messageId) {
        return downstream.posts(path).stream().filter(post -> post.getBodyAsString().contains(messageId)).count();
    }

    private static List<String> told(String messageId) {
        return downstream.items("/log").stream().filter(event -> event.get("messageId").asText().equals(messageId))
                .map(event -> event.get("type").asText()).toList();
    }

    private static List<String> history(String id) throws Exception {
        return JSON.readTree(bridge.get("/sms/messages/" + id).body()).at("/messages/0/history").findValuesAsText("state");
    }

    @Test
    void isListedWithAllThatIsKnownOfItAndNoNumber() throws Exception {
        downstream.answers("/strict", aResponse().withStatus(404).withBody("no 447700900123 here"));
        Instant before = Instant.now();
        String id = newId();
        report(id);
        JsonNode letter = onlyLetter("downstream=strict");
        assertThat(letter.get("queue").asText()).isEqualTo("events.strict");
        assertThat(letter.get("downstream").asText()).isEqualTo("strict");
        assertThat(letter.get("reason").asText()).isEqualTo("HTTP 404 no ...0123 here");
        assertThat(letter.get("attempts").asInt()).isEqualTo(1);
        assertThat(letter.get("items").asInt()).isEqualTo(1);
        assertThat(letter.get("replayable").asBoolean()).isTrue();
        assertThat(Instant.parse(letter.get("firstFailedAt").asText())).isBetween(before.minusMillis(1), Instant.now());
        assertThat(Instant.parse(letter.get("lastFailedAt").asText())).isBetween(before.minusMillis(1), Instant.now());
        assertThat(letter.get("payload").asText()).contains(":delivered").contains("...0123").doesNotContain("447700900123");

        JsonNode shown = show(letter);
        assertThat(shown.get("reason").asText()).isEqualTo("HTTP 404 no 447700900123 here");
        assertThat(shown.at("/payload/0/to").asText()).isEqualTo("447700900123");
        assertThat(shown.at("/payload/0/messageId").asText()).isEqualTo(id);
    }

    @Test
    void oneIsReplayedOnceAndTheOthersStay() throws Exception {
        downstream.answers("/strict", aResponse().withStatus(404), aResponse().withStatus(404));
        report(newId());
        report(newId());
        List<JsonNode> letters = letters(2, "downstream=strict");
        String id = letters.get(0).get("id").asText();
        String replayed = show(letters.get(0)).at("/payload/0/messageId").asText();

        assertThat(ask("POST", "/dead-letters/" + id + "/replay").get("replayed").asInt()).isEqualTo(1);
        await().until(() -> posts("/strict", replayed) == 2);
        assertThat(onlyLetter("downstream=strict").get("id")).isEqualTo(letters.get(1).get("id"));
        for (String method : List.of("GET", "DELETE")) {
            assertThat(call(method, "/dead-letters/" + id).statusCode()).isEqualTo(404);
        }
        HttpResponse<String> again = call("POST", "/dead-letters/" + id + "/replay");
        assertThat(again.statusCode()).isEqualTo(404);
        assertThat(JSON.readTree(again.body()).get("error").asText()).contains("it may have been replayed or discarded");
        assertThat(ask("DELETE", "/dead-letters/" + letters.get(1).get("id").asText()).get("discarded").asInt()).isEqualTo(1);
        assertThat(list().get("total").asInt()).isZero();
    }

    @Test
    void theTriesOfAReplayBeginAnew() throws Exception {
        downstream.answers("/tired", aResponse().withStatus(503), aResponse().withStatus(503));
        String id = newId();
        report(id);
        String first = onlyLetter("downstream=tired").get("id").asText();
        assertThat(replay("downstream=tired").get("replayed").asInt()).isEqualTo(1);
        JsonNode again = await().until(() -> onlyLetter("downstream=tired"), letter -> !letter.get("id").asText().equals(first));
        assertThat(again.get("attempts").asInt()).isEqualTo(1);
        assertThat(posts("/tired", id)).isEqualTo(2);
        assertThat(replay("downstream=tired").get("replayed").asInt()).isEqualTo(1);
        await().until(() -> posts("/tired", id) == 3);
        assertThat(list("downstream=tired").get("total").asInt()).isZero();
    }

    @Test
    void someAreChosenByDownstreamReasonOrAge() throws Exception {
        downstream.answers("/strict", aResponse().withStatus(404).withBody("50% gone_"), aResponse().withStatus(410).withBody("it's over"));
        downstream.answers("/tired", aResponse().withStatus(404).withBody("50% gone_"));
        report(newId());
        letters(1, "downstream=strict");
        report(newId());
        letters(3);
        assertThat(list("reason=50% gone_").get("total").asInt()).isEqualTo(2);
        assertThat(list("reason=50X gone_").get("total").asInt()).isZero();
        assertThat(list("reason=50% gone_", "downstream=tired").get("total").asInt()).isEqualTo(1);
        assertThat(list("reason=it's over").at("/letters/0/downstream").asText()).isEqualTo("strict");
        assertThat(list("olderThan=1h").get("total").asInt()).isZero();
        assertThat(list("newerThan=1h").get("total").asInt()).isEqualTo(3);
        assertThat(list("queue=events.strict").get("total").asInt()).isEqualTo(2);
        assertThat(list("account=main").get("total").asInt()).isZero();

        assertThat(replay("reason=50% gone_").get("replayed").asInt()).isEqualTo(2);
        assertThat(onlyLetter().get("reason").asText()).contains("it's over");
        assertThat(replay("olderThan=1h").get("replayed").asInt()).isZero();
        assertThat(replay("all=true").get("replayed").asInt()).isEqualTo(1);
        assertThat(list().get("letters")).isEmpty();
    }

    @Test
    void aLongListComesInPages() throws Exception {
        for (int i = 0; i < 5; i++) {
            keep("events", "strict", null, "page " + i, "[]");
        }
        letters(5);
        JsonNode first = list("limit=2");
        JsonNode second = list("limit=2", "after=" + first.get("next").asText());
        JsonNode third = list("limit=2", "after=" + second.get("next").asText());
        assertThat(first.findValuesAsText("reason")).containsExactly("page 0", "page 1");
        assertThat(second.findValuesAsText("reason")).containsExactly("page 2", "page 3");
        assertThat(third.findValuesAsText("reason")).containsExactly("page 4");
        assertThat(third.has("next")).isFalse();
        assertThat(first.get("total").asInt()).isEqualTo(5);
        assertThat(ask("GET", "/dead-letters/counts").at("/queues").toString()).isEqualTo("{\"dead-letters.events.strict\":5}");
        assertThat(ask("GET", "/dead-letters/counts").at("/reasons/page 3").asInt()).isEqualTo(1);
    }

    @Test
    void ofADownstreamOrAccountThatIsGoneItIsListedAndDiscardedAndAReplaySaysWhyNot() throws Exception {
        keep("events", "gone", null, "r", "[]");
        keep("sends", "closed", "closed", "r", "[{}, {}]");
        assertThat(letters(2)).extracting(letter -> letter.get("whyNot").asText())
                .containsExactly("there is no downstream gone in the settings", "there is no account closed in the settings");
        JsonNode answer = replay("all=true");
        assertThat(answer.get("replayed").asInt()).isZero();
        assertThat(answer.get("notReplayed").findValuesAsText("reason"))
                .containsExactly("there is no downstream gone in the settings", "there is no account closed in the settings");
        assertThat(discard("account=closed").get("discarded").asInt()).isEqualTo(1);
        assertThat(onlyLetter().get("queue").asText()).isEqualTo("events.gone");
    }

    /** A webhook is recorded as if it came now. */
    @Test
    void aWebhookIsRecordedByItsReplay() throws Exception {
        String id = newId();
        keep("webhooks", "clicks", "main", "it could not be recorded", "{\"url\": \"https://example.com/\", \"messageId\": \"" + id
                + "\", \"sendDateTime\": 1767225600000}");
        JsonNode letter = onlyLetter();
        assertThat(letter.get("queue").asText()).isEqualTo("webhooks.clicks");
        assertThat(letter.get("account").asText()).isEqualTo("main");
        assertThat(show(letter).at("/payload/messageId").asText()).isEqualTo(id);
        assertThat(list("account=main").get("total").asInt()).isEqualTo(1);
        assertThat(list("queue=webhooks.clicks").get("total").asInt()).isEqualTo(1);
        assertThat(list("downstream=log").get("total").asInt()).isZero();
        assertThat(replay("account=main").get("replayed").asInt()).isEqualTo(1);
        awaitTold(id, "clicked");
        assertThat(list().get("total").asInt()).isZero();
    }

    /** Puts a dead letter there. */
    /** Each one is older than the next, even where both are kept in one millisecond. */
    private static void keep(String queue, String target, String account, String reason, String body) throws Exception {
        bridge.database().writer().call(transaction -> {
            long at = transaction.now() - 10_000 + KEPT.incrementAndGet();
            bridge.database().outbox().keepDeadLetter(transaction, new DeadLetter(newId(), queue, target, account, reason, 1, at,
                    at, 1, 1, "", null, transaction.now(), null, body.getBytes(StandardCharsets.UTF_8)));
            return null;
        });
    }

    // Sends

    private static String giveUp(String account) throws Exception {
        infobip.answers(aResponse().withStatus(404).withBody("no"));
        String id = bridge.send(account, "{\"to\": \"447700900301\", \"text\": \"Hi\", \"mid\": \"" + newId() + "\"}").at("/messages/0/messageId").asText();
        await().until(() -> told(id).equals(List.of("failed")));
        return id;
    }

    private static void awaitTold(String messageId, String... types) {
        await().untilAsserted(() -> assertThat(told(messageId)).containsExactly(types));
    }

    @Test
    void aReplayedSendIsSentAndItsDeliveryTold() throws Exception {
        String id = giveUp("main");
        assertThat(onlyLetter("account=main").get("payload").asText()).doesNotContain("447700900301");
        assertThat(replay("account=main").get("replayed").asInt()).isEqualTo(1);
        awaitTold(id, "failed", "sent");
        assertThat(infobip.messageIds().stream().filter(id::equals)).hasSize(2);
        report(id);
        awaitTold(id, "failed", "sent", "delivered");
        assertThat(history(id)).containsExactly("queued", "failed", "replayed", "sent", "delivered");
        assertThat(JSON.readTree(bridge.get("/sms/messages/" + id).body()).at("/messages/0/history/1/reason").asText()).isEqualTo("no");
    }

    @Test
    void aReplayedSendThatFailsAgainIsNotToldAgain() throws Exception {
        String id = giveUp("impatient");
        String first = onlyLetter("account=impatient").get("id").asText();
        infobip.answers(aResponse().withStatus(503));
        replay("account=impatient");
        await().until(() -> onlyLetter("account=impatient"), letter -> !letter.get("id").asText().equals(first));
        replay("account=impatient");
        awaitTold(id, "failed", "sent");
        bridge.post("/infobip/delivery-reports/main", "{\"results\": [{\"messageId\": \"" + id + "\", \"status\": {\"groupId\": 2, \"id\": 9, \"name\": \"NO\"}}]}");
        await().until(() -> history(id).equals(List.of("queued", "failed", "replayed", "failed", "replayed", "sent", "failed")));
        assertThat(told(id)).containsExactly("failed", "sent");
    }

    @Test
    void whomInfobipHasReportedOnIsNotSentToAgain() throws Exception {
        infobip.answers(aResponse().withStatus(503).withFixedDelay(4000));
        JsonNode messages = bridge.send("impatient", "{\"text\": \"Hi\", \"messages\": [{\"to\": \"447700900301\"}, {\"to\": \"447700900302\"}]}").get("messages");
        String one = messages.at("/0/messageId").asText();
        String other = messages.at("/1/messageId").asText();
        // A report that comes before the last try is answered.
        await().until(() -> infobip.messageIds().contains(one));
        report(one);
        awaitTold(one, "delivered");
        awaitTold(other, "failed");
        replay("account=impatient");
        awaitTold(other, "failed", "sent");
        assertThat(infobip.messageIds()).filteredOn(one::equals).hasSize(1);
        assertThat(infobip.messageIds()).filteredOn(other::equals).hasSize(2);
        assertThat(told(one)).containsExactly("delivered");
    }

    // What does not get better

    @Test
    void anElementStillUnreadableIsADeadLetterAgain() throws Exception {
        bridge.post("/infobip/delivery-reports/main", "{\"results\": [{\"messageId\": \"m\", \"status\": {}}]}");
        JsonNode first = onlyLetter("queue=webhooks.delivery-reports");
        assertThat(first.get("account").asText()).isEqualTo("main");
        assertThat(replay("all=true").get("replayed").asInt()).isEqualTo(1);
        await().until(() -> onlyLetter("queue=webhooks.delivery-reports"), letter -> !letter.get("id").equals(first.get("id")));
    }

    @Test
    void recordsOfNoEventPostedAreKeptButNotReplayed() throws Exception {
        downstream.answers("/clevertap", aResponse().withBody("{\"unprocessed\": [{\"error\": \"odd\", \"record\": {\"meta\": \"of nobody\"}}]}"));
        report(newId());
        JsonNode letter = onlyLetter("downstream=clevertap");
        assertThat(letter.get("replayable").asBoolean()).isFalse();
        assertThat(replay("downstream=clevertap").get("notReplayed").get(0).get("letters").asInt()).isEqualTo(1);
        onlyLetter("downstream=clevertap");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "POST | /dead-letters/replay | downstrem=crm | downstrem: no such choice; there are id, downstream",
        "DELETE | /dead-letters | limit=5 | say which dead letters to discard, by any of id, downstream",
        "POST | /dead-letters/replay | olderThan=soon | olderThan: 'soon' is no duration such as 30s",
        "GET | /dead-letters | limit=many | limit: 'many' has to be a whole number from 1 to 1000",
        "GET | /dead-letters | after=none | after: no dead letter among those asked for has this id"})
    void whatIsAskedForWronglyIsAnsweredWithTheCure(String method, String path, String choice, String error) throws Exception {
        HttpResponse<String> answer = call(method, path, choice);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(JSON.readTree(answer.body()).get("error").asText()).startsWith(error);
    }

    @Test
    void onlyTheConsolesUserHandlesThem() throws Exception {
        for (String[] call : new String[][] {{"GET", "/dead-letters"}, {"GET", "/dead-letters/x"}, {"DELETE", "/dead-letters?all=true"},
                {"POST", "/dead-letters/replay?all=true"}, {"POST", "/dead-letters/x/replay"}}) {
            assertThat(bridge.manage(call[0], call[1], "", "X-None", "none").statusCode()).as(call[1]).isIn(401, 403);
            assertThat(bridge.get(call[1]).statusCode()).as(call[1]).isEqualTo(404);
        }
    }

    @Test
    void anMBeanCountsListsReplaysAndDiscards() throws Exception {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("io.smsbridge:type=dead-letters");
        downstream.answers("/strict", aResponse().withStatus(404));
        String id = newId();
        report(id);
        onlyLetter("downstream=strict");
        assertThat(beans.getAttribute(name, "Total")).isEqualTo(1L);
        assertThat(String.valueOf(beans.getAttribute(name, "CountsByQueue"))).contains("dead-letters.events.strict");
        MBeanOperationInfo operation = Arrays.stream(beans.getMBeanInfo(name).getOperations()).filter(one -> one.getName().equals("replay")).findFirst().orElseThrow();
        assertThat(operation.getDescription()).startsWith("Puts dead letters back");
        assertThat(Arrays.stream(operation.getSignature()).map(parameter -> parameter.getName() + ": " + parameter.getDescription()))
                .startsWith("downstream: Of this downstream only.", "account: Of this account only.");
        String text = String.class.getName();
        assertThat(String.valueOf(beans.invoke(name, "replay", new Object[] {"strict", "", "", "", ""}, new String[] {text, text, text, text, text})))
                .contains("\"replayed\" : 1");
        await().until(() -> posts("/strict", id) == 2);
        keep("events", "strict", null, "r", "[]");
        onlyLetter();
        assertThat(String.valueOf(beans.invoke(name, "discardAll", null, null))).contains("\"discarded\" : 1");
        assertThat(beans.getAttribute(name, "Total")).isEqualTo(0L);
    }
}
