package io.smsbridge.send;

import static io.smsbridge.TestBridge.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What arrives together is committed and told together, and nothing of it spoils the rest. */
class GroupCommitTest {

    private static final int WEBHOOKS = 400;
    private static final String WRITER = "447700900150";

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
                account.main.apiKey=k
                account.main.stopReply=You get no more messages
                account.second.baseUrl=%1$s
                account.second.apiKey=k
                sms.default-account=main
                downstream.events.url=%2$s/events
                downstream.events.format=events
                """.formatted(infobip.url(), downstream.url()), "events.jslt", ".");
    }

    @AfterAll
    static void stop() {
        bridge.close();
        downstream.close();
        infobip.close();
    }

    @BeforeEach
    void forget() {
        bridge.awaitIdle();
        downstream.takeAll();
        infobip.acceptAll();
    }

    /** Keeps the ledger's writer busy until all the calls wait for it; their answers. */
    private static <T> List<T> together(List<Callable<T>> calls) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        bridge.database().writer().submit(transaction -> {
            begun.countDown();
            try {
                release.await(300, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        begun.await();
        ExecutorService callers = Executors.newCachedThreadPool();
        try {
            List<Future<T>> answers = calls.stream().map(callers::submit).toList();
            await().until(() -> bridge.database().writer().waiting() >= calls.size());
            release.countDown();
            List<T> all = new ArrayList<>();
            for (Future<T> answer : answers) {
                all.add(answer.get());
            }
            return all;
        } finally {
            release.countDown();
            callers.shutdown();
        }
    }

    private static Callable<HttpResponse<String>> webhook(String path, String body) {
        return () -> bridge.post("/infobip/" + path, body);
    }

    private static String report(String id) {
        return "{\"messageId\": \"" + id + "\", \"to\": \"447700900123\", \"status\": {\"groupId\": 3, \"id\": 5}}";
    }

    private static String message(String id, String from, String text) {
        return "{\"messageId\": \"" + id + "\", \"from\": \"" + from + "\", \"to\": \"447860000001\", \"text\": \"" + text + "\"}";
    }

    private static String results(String... results) {
        return "{\"results\": [" + String.join(", ", results) + "]}";
    }

    private static List<String> told() {
        return downstream.items("/events").stream().map(event -> event.get("messageId").asText()).toList();
    }

    private static List<String> ids(int count) {
        return IntStream.range(0, count).mapToObj(i -> newId()).toList();
    }

    @Test
    void webhooksThatArriveTogetherAreFewPosts() throws Exception {
        List<String> ids = ids(WEBHOOKS);
        List<Callable<HttpResponse<String>>> requests = new ArrayList<>();
        for (int i = 0; i < WEBHOOKS; i++) {
            String[] reports = i % 10 == 9 ? new String[] {report(ids.get(i)), report(ids.get(i - 9))} : new String[] {report(ids.get(i))};
            requests.add(webhook("delivery-reports/" + (i % 2 == 0 ? "main" : "second"), results(reports)));
        }
        requests.add(webhook("delivery-reports/second", "{\"results\": [" + report(ids.get(150))));
        requests.add(webhook("delivery-reports/main", results("{\"status\": {\"groupId\": 3}}", report(ids.get(0)))));
        // It begins like UTF-32.
        requests.add(webhook("delivery-reports/main", "\0\0\0" + results(report(ids.get(350)))));
        assertThat(together(requests)).allMatch(answer -> answer.statusCode() == 200);

        await().until(() -> Set.copyOf(told()).containsAll(ids));
        bridge.awaitIdle();
        assertThat(told()).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(downstream.posts("/events")).hasSizeLessThan(WEBHOOKS / 20);
        assertThat(downstream.items("/events")).allSatisfy(event -> {
            int i = ids.indexOf(event.get("messageId").asText());
            // Those that were reported twice were so by either.
            assertThat(event.get("account").asText()).isIn("second", i % 2 == 0 ? "main" : "second");
        });

        List<String> bad = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            JsonNode letter = bridge.takeLetter("webhooks.delivery-reports");
            JsonNode payload = letter.get("payload");
            bad.add(letter.get("account").asText() + " " + (payload.isTextual() ? payload.asText() : payload.toString()).substring(0, 8));
        }
        assertThat(bad).containsExactlyInAnyOrder("second {\"result", "main {\"status", "main \0\0\0{\"res");
        assertThat(bridge.waiting("dead-letters.webhooks.delivery-reports")).isZero();
    }

    /** A STOP whose answer can't be stored undoes the transaction of all that it came with; they are recorded without it. */
    @Test
    void oneThatFailsSpoilsNoOther() throws Exception {
        int before = TestBridge.log().size();
        bridge.send("main", "{\"to\": \"" + WRITER + "\", \"text\": \"Hi\"}");
        execute("CREATE UNIQUE INDEX no_answer ON message (recipient) WHERE recipient = '" + WRITER + "'");
        List<String> ids = ids(100);
        List<Callable<HttpResponse<String>>> requests = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            requests.add(webhook("inbound-messages/main", results(i == 50 ? message(ids.get(i), WRITER, "STOP") : message(ids.get(i), "447700900123", "Thanks"))));
        }
        List<HttpResponse<String>> answers = together(requests);
        for (int i = 0; i < ids.size(); i++) {
            assertThat(answers.get(i).statusCode()).isEqualTo(i == 50 ? 500 : 200);
        }
        assertThat(TestBridge.logSince(before)).anyMatch(line -> line.contains("ERROR") && line.contains("receive-inbound-messages: a request can't be handled"));
        List<String> others = Stream.concat(ids.stream().limit(50), ids.stream().skip(51)).toList();
        await().until(() -> Set.copyOf(told()).equals(Set.copyOf(others)));
        bridge.awaitIdle();
        assertThat(told()).containsExactlyInAnyOrderElementsOf(others);
        assertThat(count("SELECT COUNT(*) FROM consent WHERE recipient = '" + WRITER + "'")).as("nothing is left of it").isZero();

        // It comes again, as it was not answered 200.
        execute("DROP INDEX no_answer");
        assertThat(requests.get(50).call().statusCode()).isEqualTo(200);
        await().until(() -> told().contains(ids.get(50)));
        await().until(() -> infobip.calls().toString().contains("You get no more messages"));
        bridge.awaitIdle();
        assertThat(told()).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(count("SELECT COUNT(*) FROM consent WHERE recipient = '" + WRITER + "' AND opted_out = 1")).isEqualTo(1);
    }

    /** Its writer has no number that could be sent to. */
    @Test
    void aStopThatCannotBeAnsweredIsRecordedLikeTheRest() throws Exception {
        List<String> ids = ids(3);
        assertThat(bridge.post("/infobip/inbound-messages/main", results(message(ids.get(0), "447700900123", "Thanks"), message(ids.get(1), "Shop", "STOP"),
                message(ids.get(2), "447700900123", "Bye"))).statusCode()).isEqualTo(200);
        await().until(() -> told().size() == 3);
        bridge.awaitIdle();
        assertThat(told()).containsExactlyElementsOf(ids);
        assertThat(count("SELECT COUNT(*) FROM consent WHERE recipient = 'Shop' AND opted_out = 1")).isEqualTo(1);
        assertThat(infobip.calls()).isEmpty();
    }

    /** Sends that are accepted together go in few calls, each answered to its own caller. */
    @Test
    void whatIsSentTogetherIsFewCalls() throws Exception {
        List<JsonNode> answers = together(IntStream.range(0, 200)
                .<Callable<JsonNode>>mapToObj(i -> () -> bridge.send("main", "{\"to\": \"4477009%05d\", \"text\": \"Hi\"}".formatted(i))).toList());
        List<String> accepted = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            JsonNode message = answers.get(i).at("/messages/0");
            assertThat(message.get("to").asText()).isEqualTo("4477009%05d".formatted(i));
            accepted.add(message.get("messageId").asText());
        }
        bridge.awaitIdle();
        assertThat(infobip.messageIds()).containsExactlyInAnyOrderElementsOf(accepted);
        assertThat(infobip.calls()).hasSizeLessThan(10);
    }

    private static void execute(String sql) throws Exception {
        try (var connection = bridge.ledger(); var statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private static long count(String sql) throws Exception {
        try (var connection = bridge.ledger(); var statement = connection.createStatement(); var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
