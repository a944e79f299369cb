package io.smsbridge.ledger;

import static io.smsbridge.TestBridge.JSON;
import static io.smsbridge.TestBridge.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the ledger is for: nothing is sent or told twice, states keep their order, replies find the message they answer. */
class LedgerTest {

    private static final String DELIVERED = "\"status\": {\"groupId\": 3, \"id\": 5}";
    private static final String FAILED = "\"status\": {\"groupId\": 2, \"id\": 9}";
    private static final String PENDING = "\"status\": {\"groupId\": 1, \"id\": 7}";

    @TempDir
    static Path home;
    static ScriptedInfobip infobip;
    static ScriptedDownstream downstream;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        infobip = new ScriptedInfobip();
        downstream = new ScriptedDownstream();
        startBridge();
    }

    private static void startBridge() throws Exception {
        bridge = new TestBridge(home, """
                account.main.baseUrl=%2$s
                account.main.apiKey=k
                account.main.sender=Shop
                account.second.baseUrl=%2$s
                account.second.apiKey=k
                sms.default-account=main
                ledger.connectTimeout=2000
                downstream.events.url=%1$s/events
                downstream.events.format=events
                downstream.events.events=sent,delivered,failed,replied,clicked
                downstream.events.itemsPerPost=2000
                downstream.clevertap.url=%1$s/clevertap
                downstream.clevertap.format=clevertap
                """.formatted(downstream.url(), infobip.url()), "events.jslt", "// with raw\n.");
    }

    @AfterAll
    static void stop() {
        bridge.close();
        downstream.close();
        infobip.close();
    }

    private static void webhook(String kind, String... results) throws Exception {
        assertThat(bridge.post("/infobip/" + kind + "/main", "{\"results\": [" + String.join(",", results) + "]}").statusCode()).isEqualTo(200);
    }

    private static String report(String messageId, String fields) {
        return "{\"messageId\": \"" + messageId + "\", " + fields + "}";
    }

    /** Types of the events about a message so far, in the order they arrived. */
    private static List<String> told(String messageId) {
        return downstream.items("/events").stream().filter(event -> event.get("messageId").asText().equals(messageId))
                .map(event -> event.get("type").asText()).toList();
    }

    private static void awaitTold(String messageId, String... types) {
        await().untilAsserted(() -> assertThat(told(messageId)).containsExactly(types));
    }

    private static void inParallel(int count, Callable<Void> task) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            for (Future<Void> done : threads.invokeAll(Collections.nCopies(count, task))) {
                done.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    private static String send(String account, String to, String id, String sender) throws Exception {
        String messageId = bridge.send(account, JSON.createObjectNode().put("to", to).put("text", "Hi").put("mid", id).put("sender", sender)
                .toString()).at("/messages/0/messageId").asText();
        awaitTold(messageId, "sent");
        return messageId;
    }

    private static List<String> sentTo(String to) {
        return infobip.calls().stream().flatMap(call -> call.findValues("destinations").stream())
                .filter(destinations -> destinations.at("/0/to").asText().equals(to))
                .map(destinations -> destinations.at("/0/messageId").asText()).toList();
    }

    // Sends

    @Test
    void aClientsIdIsSentOnceAndTheAnswerGivesTheFirstOutcome() throws Exception {
        String id = newId();
        String first = send("main", "447700900201", id, null);
        JsonNode again = bridge.send("main", "{\"to\": \"+44 7700 900201\", \"text\": \"Hi\", \"messageId\": \"" + id + "\"}");
        assertThat(again).isEqualTo(JSON.readTree("""
                {"status": "success", "accepted": 0, "duplicates": 1, "rejected": [],
                 "messages": [{"to": "447700900201", "messageId": "%s", "duplicate": true, "state": "sent"}]}""".formatted(first)));
        assertThat(sentTo("447700900201")).containsExactly(first);
    }

    @Test
    void aClientsIdSentInParallelIsSentOnce() throws Exception {
        String body = "{\"to\": \"447700900202\", \"text\": \"Hi\", \"mid\": \"" + newId() + "\"}";
        inParallel(16, () -> {
            bridge.send("main", body);
            return null;
        });
        bridge.awaitIdle();
        assertThat(sentTo("447700900202")).hasSize(1);
    }

    /** A caller that has not seen the answer repeats the refused along with the others. */
    @Test
    void aRefusalIsToldOnceForItsId() throws Exception {
        String id = newId();
        String last = null;
        for (int i = 0; i < 3; i++) {
            last = bridge.send("main", "{\"text\": \"Hi\", \"messages\": [{\"to\": \"447700900298\"}, {\"to\": \"12\", \"mid\": \"" + id + "\"}]}")
                    .at("/messages/0/messageId").asText();
        }
        awaitTold(last, "sent");
        bridge.awaitIdle();
        assertThat(downstream.items("/events")).filteredOn(event -> event.path("meta").asText().equals(id)).singleElement()
                .satisfies(event -> assertThat(event.get("type").asText()).isEqualTo("failed"));
    }

    @Test
    void aClientsIdTwiceInOneRequestIsSentOnce() throws Exception {
        String id = newId();
        JsonNode answer = bridge.send("main", """
                {"mid": "%s", "messages": [{"to": "447700900203", "text": "first"}, {"to": "447700900203", "text": "second"},
                                           {"to": "447700900204", "text": "another person"}]}""".formatted(id));
        assertThat(answer.get("accepted").asInt()).isEqualTo(2);
        assertThat(answer.get("duplicates").asInt()).isEqualTo(1);
        assertThat(answer.at("/messages/1/duplicate").asBoolean()).isTrue();
        await().until(() -> sentTo("447700900204").size() == 1);
        assertThat(sentTo("447700900203")).hasSize(1);
    }

    @Test
    void theSameIdOnAnotherAccountIsAnotherMessage() throws Exception {
        String id = newId();
        assertThat(send("main", "447700900205", id, null)).isNotEqualTo(send("second", "447700900205", id, null));
    }

    @Test
    void withoutAnIdEachRequestIsANewMessage() throws Exception {
        for (int i = 0; i < 2; i++) {
            assertThat(bridge.send("main", "{\"to\": \"447700900206\", \"text\": \"Hi\"}").get("accepted").asInt()).isEqualTo(1);
        }
        await().until(() -> sentTo("447700900206").size() == 2);
    }

    @Test
    void onlyWhatIsNewOfABatchIsSent() throws Exception {
        String known = newId();
        send("main", "447700900207", known, null);
        JsonNode answer = bridge.send("main", """
                {"text": "Hi", "messages": [{"to": "447700900207", "mid": "%s"}, {"to": "447700900208", "mid": "%s"}, {"to": "1"}]}"""
                .formatted(known, newId()));
        assertThat(answer.get("status").asText()).isEqualTo("partial");
        assertThat(answer.get("accepted").asInt()).isEqualTo(1);
        assertThat(answer.get("duplicates").asInt()).isEqualTo(1);
        assertThat(answer.at("/rejected/0/index").asInt()).isEqualTo(2);
        await().until(() -> sentTo("447700900208").size() == 1);
        assertThat(sentTo("447700900207")).hasSize(1);
    }

    // Status

    @Test
    void tellsWhatHappenedToAMessageByEitherId() throws Exception {
        String client = "447700900209/a b.-1." + newId();
        String id = send("main", "447700900209", client, "+447860000000");
        webhook("delivery-reports", report(id, FAILED + ", \"doneAt\": \"2026-11-23T10:00:05.250+0000\", "
                + "\"error\": {\"groupId\": 1, \"id\": 1, \"name\": \"EC_UNKNOWN_SUBSCRIBER\"}"));
        awaitTold(id, "sent", "failed");

        JsonNode message = JSON.readTree(bridge.get("/sms/messages/" + id).body()).at("/messages/0");
        assertThat(message.get("messageId").asText()).isEqualTo(id);
        assertThat(message.get("meta").asText()).isEqualTo(client);
        assertThat(message.get("account").asText()).isEqualTo("main");
        assertThat(message.get("from").asText()).isEqualTo("447860000000");
        assertThat(message.get("to").asText()).isEqualTo("447700900209");
        assertThat(message.get("bulkId").asText()).isEqualTo("bulk-1");
        assertThat(message.get("state").asText()).isEqualTo("failed");
        assertThat(message.get("reason").asText()).isEqualTo("EC_UNKNOWN_SUBSCRIBER");
        assertThat(message.get("history").findValuesAsText("state")).containsExactly("queued", "sent", "failed");
        assertThat(message.at("/history/2/time").asText()).isEqualTo("2026-11-23T10:00:05.250Z");

        String encoded = java.net.URLEncoder.encode(client, java.nio.charset.StandardCharsets.UTF_8).replace("+", "%20");
        assertThat(JSON.readTree(bridge.get("/sms/messages/" + encoded).body()).at("/messages/0")).isEqualTo(message);
    }

    @Test
    void answers404ForAMessageItDoesNotKnow() throws Exception {
        var response = bridge.get("/sms/messages/" + newId() + "?id=x");
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(JSON.readTree(response.body()).get("error").asText()).contains("no message has this id");
    }

    // Delivery reports

    @Test
    void aReportIsToldOnceHoweverOftenItComes() throws Exception {
        String id = newId();
        webhook("delivery-reports", report(id, DELIVERED), report(id, DELIVERED));
        awaitTold(id, "delivered");
        webhook("delivery-reports", report(id, DELIVERED));
        bridge.awaitIdle();
        assertThat(told(id)).containsExactly("delivered");
    }

    @Test
    void reportsThatComeInParallelAreToldOnce() throws Exception {
        List<String> ids = IntStream.range(0, 200).mapToObj(i -> newId()).toList();
        String[] forth = ids.stream().map(id -> report(id, DELIVERED)).toArray(String[]::new);
        List<String> reversed = new ArrayList<>(ids);
        Collections.reverse(reversed);
        String[] back = reversed.stream().map(id -> report(id, FAILED)).toArray(String[]::new);
        inParallel(8, () -> {
            webhook("delivery-reports", forth);
            webhook("delivery-reports", back);
            return null;
        });
        await().until(() -> ids.stream().allMatch(id -> told(id).size() == 1));
        bridge.awaitIdle();
        assertThat(ids).allSatisfy(id -> assertThat(told(id)).hasSize(1));
    }

    @Test
    void whatWasToldBeforeARestartIsNotToldAfterIt() throws Exception {
        String id = newId();
        webhook("delivery-reports", report(id, DELIVERED));
        awaitTold(id, "delivered");
        webhook("inbound-messages", report(id, "\"from\": \"447700900210\""));
        awaitTold(id, "delivered", "replied");
        bridge.close();
        startBridge();
        webhook("delivery-reports", report(id, DELIVERED));
        webhook("inbound-messages", report(id, "\"from\": \"447700900210\""));
        bridge.awaitIdle();
        assertThat(told(id)).containsExactly("delivered", "replied");
    }

    @Test
    void aFinalStateStays() throws Exception {
        String failed = newId();
        webhook("delivery-reports", report(failed, FAILED));
        awaitTold(failed, "failed");
        webhook("delivery-reports", report(failed, DELIVERED), report(failed, PENDING));
        bridge.awaitIdle();
        assertThat(told(failed)).containsExactly("failed");
    }

    /** What the operator alone confirms is told, and replaced by what is true in the end. */
    @ParameterizedTest
    @ValueSource(strings = {"\"id\": 2", "\"id\": \"2\"", "\"name\": \"DELIVERED_TO_OPERATOR\""})
    void aFailureAfterADeliveryToTheOperatorIsTold(String status) throws Exception {
        String id = send("main", "447700900212", newId(), null);
        webhook("delivery-reports", report(id, atOperator(status) + ", \"doneAt\": \"2026-11-23T10:00:05.250+0000\""));
        awaitTold(id, "sent", "delivered");
        assertThat(history(id).get("state").asText()).isEqualTo("delivered");
        webhook("delivery-reports", report(id, FAILED + ", \"doneAt\": \"2026-11-23T10:00:09.000+0000\""));
        awaitTold(id, "sent", "delivered", "failed");
        // That is the end, whatever comes again or late.
        webhook("delivery-reports", report(id, atOperator(status)), report(id, DELIVERED), report(id, FAILED));
        bridge.awaitIdle();
        assertThat(told(id)).containsExactly("sent", "delivered", "failed");
        JsonNode message = history(id);
        assertThat(message.get("state").asText()).isEqualTo("failed");
        assertThat(message.get("history").findValuesAsText("state")).containsExactly("queued", "sent", "delivered", "failed");
        assertThat(message.at("/history/2/reason").asText()).isEqualTo("DELIVERED_TO_OPERATOR");
        assertThat(message.at("/history/2/time").asText()).isEqualTo("2026-11-23T10:00:05.250Z");
        assertThat(message.at("/history/3/time").asText()).isEqualTo("2026-11-23T10:00:09.000Z");
    }

    @Test
    void aDeliveryThatTheHandsetConfirmsIsToldOnce() throws Exception {
        String id = send("main", "447700900213", newId(), null);
        String together = send("main", "447700900214", newId(), null);
        String operator = atOperator("\"id\": 2") + ", \"callbackData\": \"c\"";
        String handset = DELIVERED + ", \"callbackData\": \"c\", \"doneAt\": \"2026-11-23T10:00:09.000+0000\"";
        webhook("delivery-reports", report(id, operator), report(together, operator), report(together, handset));
        awaitTold(id, "sent", "delivered");
        awaitTold(together, "sent", "delivered");
        webhook("delivery-reports", report(id, handset));
        bridge.awaitIdle();
        // The handset's report is the end.
        webhook("delivery-reports", report(id, FAILED), report(together, FAILED), report(id, operator));
        bridge.awaitIdle();
        for (String one : List.of(id, together)) {
            assertThat(told(one)).containsExactly("sent", "delivered");
            JsonNode message = history(one);
            assertThat(message.get("state").asText()).isEqualTo("delivered");
            assertThat(message.get("history").findValuesAsText("state")).containsExactly("queued", "sent", "delivered", "delivered");
            assertThat(message.at("/history/2/reason").asText()).isEqualTo("DELIVERED_TO_OPERATOR");
            assertThat(message.at("/history/3/time").asText()).isEqualTo("2026-11-23T10:00:09.000Z");
        }
    }

    @Test
    void aDeliveryToTheOperatorThatComesAfterTheEndChangesNothing() throws Exception {
        for (String end : List.of(FAILED, DELIVERED)) {
            String id = send("main", "447700900215", newId(), null);
            webhook("delivery-reports", report(id, end));
            await().until(() -> told(id).size() == 2);
            webhook("delivery-reports", report(id, atOperator("\"id\": 2")));
            bridge.awaitIdle();
            assertThat(told(id)).hasSize(2);
            assertThat(history(id).get("history")).hasSize(3);
        }
    }

    private static String atOperator(String status) {
        return "\"status\": {\"groupId\": 3, " + status + "}";
    }

    private static JsonNode history(String id) throws Exception {
        return JSON.readTree(bridge.get("/sms/messages/" + id).body()).at("/messages/0");
    }

    @Test
    void reportsOnTheWayAreToldUntilTheFinalOne() throws Exception {
        String id = newId();
        webhook("delivery-reports", report(id, PENDING));
        awaitTold(id, "sent");
        webhook("delivery-reports", report(id, PENDING), report(id, "\"status\": {\"groupId\": 1, \"id\": 3}"), report(id, DELIVERED),
                report(id, "\"status\": {\"groupId\": 1, \"id\": 26}"));
        awaitTold(id, "sent", "sent", "delivered");
        webhook("delivery-reports", report(id, PENDING));
        bridge.awaitIdle();
        assertThat(told(id)).containsExactly("sent", "sent", "delivered");
        assertThat(downstream.bodies("/clevertap").toString()).doesNotContain(id);
    }

    @Test
    void aReportWithoutItsCallbackDataIsGivenTheClientsId() throws Exception {
        String meta = newId();
        String id = send("main", "447700900211", meta, null);
        assertThat(bridge.post("/infobip/delivery-reports", "{\"results\": [" + report(id, DELIVERED) + "]}").statusCode()).isEqualTo(200);
        awaitTold(id, "sent", "delivered");
        JsonNode event = downstream.items("/events").stream().filter(one -> one.get("id").asText().equals(id + ":delivered")).findFirst().orElseThrow();
        assertThat(event.get("meta").asText()).isEqualTo(meta);
        assertThat(event.get("account").asText()).isEqualTo("main");
    }

    // Replies and clicks

    private static JsonNode reply(String from, String to, String receivedAt) throws Exception {
        String id = newId();
        webhook("inbound-messages", report(id, "\"text\": \"ok\", \"from\": \"" + from + "\", \"to\": \"" + to + "\""
                + (receivedAt == null ? "" : ", \"receivedAt\": \"" + receivedAt + "\"")));
        awaitTold(id, "replied");
        return downstream.items("/events").stream().filter(event -> event.get("messageId").asText().equals(id)).findFirst().orElseThrow();
    }

    @Test
    void aReplyAnswersTheLatestMessageFromTheNumberItWasSentTo() throws Exception {
        String person = "447700900220";
        String fromNumber = newId();
        String fromNumberLater = newId();
        String fromName = newId();
        send("main", person, fromNumber, "+447860000001");
        String answered = send("main", person, fromNumberLater, "447860000001");
        send("main", person, fromName, "Shop");
        send("second", person, newId(), "447860000001");

        JsonNode exact = reply(person, "447860000001", null);
        assertThat(exact.get("meta").asText()).isEqualTo(fromNumberLater);
        assertThat(exact.get("inReplyTo").asText()).isEqualTo(answered);
        assertThat(reply("+" + person, "447860000002", null).get("meta").asText()).as("no message from there: the latest of the account").isEqualTo(fromName);
        await().until(() -> downstream.bodies("/clevertap").toString().contains(fromNumberLater));
        assertThat(JSON.readTree(bridge.get("/sms/messages/" + fromNumberLater).body()).at("/messages/0/history").findValuesAsText("state"))
                .containsExactly("queued", "sent", "replied");
    }

    @Test
    void aReplyThatAnswersNothingReachesOnlyThoseWhoNeedNoMeta() throws Exception {
        assertThat(reply("447700900221", "447860000001", null).has("meta")).isFalse();
        String meta = newId();
        String old = newId();
        String sentAt = Instant.now().minus(Duration.ofDays(31)).toString();
        webhook("delivery-reports", report(old, "\"to\": \"447700900222\", \"callbackData\": \"" + meta + "\", \"sentAt\": \"" + sentAt
                + "\", \"doneAt\": \"" + sentAt + "\", \"status\": {\"groupId\": 3, \"id\": 5}"));
        awaitTold(old, "delivered");
        assertThat(reply("447700900222", "447860000001", null).has("meta")).as("after the window").isFalse();
        assertThat(reply("447700900222", "447860000001", Instant.now().minus(Duration.ofDays(32)).toString()).has("meta")).as("before the message").isFalse();
        bridge.awaitIdle();
        assertThat(downstream.items("/clevertap")).noneMatch(item -> item.get("event").asText().equals("replied"));
        assertThat(reply("447700900222", "447860000001", Instant.now().minus(Duration.ofDays(2)).toString()).get("meta").asText())
                .as("within the window").isEqualTo(meta);
    }

    @Test
    void repliesAndClicksAreToldOnce() throws Exception {
        String id = newId();
        String click = "{\"url\": \"https://example.com/\", \"messageId\": \"" + id + "\", \"sendDateTime\": 1767225600000}";
        inParallel(8, () -> {
            webhook("inbound-messages", report(id, "\"from\": \"447700900223\""), report(id, "\"from\": \"447700900223\""));
            assertThat(bridge.post("/infobip/clicks/main", click).statusCode()).isEqualTo(200);
            return null;
        });
        bridge.awaitIdle();
        await().untilAsserted(() -> assertThat(told(id)).containsExactlyInAnyOrder("replied", "clicked"));
    }

    /** Not only once so much has been written that a commit has to do it. */
    @Test
    void whatWasWrittenIsSoonInTheFileItself(@TempDir Path elsewhere) throws Exception {
        assumeTrue(bridge.database().isFile(), "only SQLite has a log beside its file");
        String id = newId();
        assertThat(bridge.post("/sms/send", "{\"to\": \"447700900123\", \"text\": \"Hi\", \"messageId\": \"" + id + "\"}").statusCode()).isEqualTo(200);
        Path copy = elsewhere.resolve("ledger.db");
        await().atMost(Duration.ofSeconds(60)).ignoreExceptions().untilAsserted(() -> {
            Files.copy(home.resolve("data/ledger.db"), copy, StandardCopyOption.REPLACE_EXISTING);
            try (Connection alone = DriverManager.getConnection("jdbc:sqlite:" + copy);
                    PreparedStatement find = alone.prepareStatement("SELECT state FROM message WHERE client_id = ?")) {
                find.setString(1, id);
                assertThat(find.executeQuery().next()).isTrue();
            }
        });
    }

    // A ledger that is away

    @Test
    void whatComesInWhileTheLedgerIsAwayIsRefusedAndLeavesNothingBehind() throws Exception {
        assumeTrue(bridge.database().isFile(), "PostgreSQL lets who meets a lock wait");
        bridge.awaitIdle();
        String id = newId();
        String report = "{\"results\": [" + report(id, DELIVERED) + "]}";
        String send = "{\"to\": \"447700900231\", \"text\": \"Hi\", \"mid\": \"" + id + "\"}";
        try (Connection connection = bridge.ledger(); var statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            for (var refused : List.of(bridge.post("/infobip/delivery-reports/main", report), bridge.post("/sms/send/main", send))) {
                assertThat(refused.statusCode()).isEqualTo(503);
                assertThat(refused.headers().firstValue("Retry-After")).isPresent();
                assertThat(refused.body()).contains("nothing of it was accepted");
            }
            statement.execute("ROLLBACK");
        }
        await().until(() -> bridge.post("/infobip/delivery-reports/main", report).statusCode() == 200);
        awaitTold(id, "delivered");
        JsonNode answer = bridge.send("main", send);
        assertThat(answer.get("accepted").asInt()).isEqualTo(1);
        await().until(() -> sentTo("447700900231").size() == 1);
        bridge.awaitIdle();
        assertThat(told(id)).containsExactly("delivered");
        assertThat(sentTo("447700900231")).hasSize(1);
    }

    // Retention

    @Test
    void forgetsWhatIsOlderThanTheRetentionAndNothingElse() throws Exception {
        String kept = send("main", "447700900230", newId(), null);
        long old = System.currentTimeMillis() - Duration.ofDays(31).toMillis();
        try (Connection connection = bridge.ledger(); var statement = connection.createStatement()) {
            String ids = IntStream.range(0, 1200).mapToObj(i -> "(" + -i + ", 'old-" + i + "', 'sent', 1, " + old + ")").collect(Collectors.joining(","));
            statement.executeUpdate("INSERT INTO message (seq, id, state, stage, recorded_at) VALUES " + ids);
            statement.executeUpdate("INSERT INTO event (id, type, happened_at, recorded_at) VALUES ('old-event', 'clicked', 1, " + old + ")");
        }
        assertThat(count("message", "old-%")).isEqualTo(1200);
        bridge.context().createProducerTemplate().sendBody("direct:purge-ledger", "");
        assertThat(count("message", "old-%")).isZero();
        assertThat(count("event", "old-%")).isZero();
        assertThat(count("message", kept)).isEqualTo(1);
    }

    /** Two bridges leave one where they end with its last two targets at one moment. */
    @Test
    void forgetsAPayloadThatNobodyWaitsFor() throws Exception {
        assumeFalse(bridge.database().isFile(), "one bridge leaves none");
        try (Connection connection = bridge.ledger(); var statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO payload (id, body) VALUES (-1, ''), (-2, '')");
            statement.executeUpdate("INSERT INTO outbox (id, queue, target, lane, grouping, items, first_seq, last_seq, due_at, attempts, received_at, lease_until, payload_id)"
                    + " VALUES (-1, 'events', 'nobody', 1, '', 0, 0, 0, " + Long.MAX_VALUE + ", 0, 0, 0, -1)");
            bridge.context().createProducerTemplate().sendBody("direct:purge-ledger", "");
            try (var rows = statement.executeQuery("SELECT id FROM payload WHERE id < 0")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getLong(1)).isEqualTo(-1);
                assertThat(rows.next()).isFalse();
            }
            statement.executeUpdate("DELETE FROM outbox WHERE id = -1");
        }
    }

    private static int count(String table, String ids) throws Exception {
        try (Connection connection = bridge.ledger(); var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT COUNT(*) FROM " + table + " WHERE id LIKE '" + ids + "'")) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
