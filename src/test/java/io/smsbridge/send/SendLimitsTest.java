package io.smsbridge.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import io.smsbridge.TestCallers;
import io.smsbridge.TestLedger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Allowed countries, and how many an account, a caller and a number may have in a time: each recipient beyond them is refused alone. */
class SendLimitsTest {

    private static final long HOUR = 3_600_000;
    private static final long DAY = 24 * HOUR;

    @TempDir
    static Path home;
    static ScriptedInfobip infobip;
    static ScriptedDownstream downstream;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        infobip = new ScriptedInfobip();
        downstream = new ScriptedDownstream();
        bridge = new TestBridge(home, settings(), "events.jslt", ".");
    }

    private static String settings() {
        return Stream.of("local", "open", "other", "daily1", "daily2", "hourly").map(name -> "account.%s.baseUrl=%s\naccount.%1$s.apiKey=k\n".formatted(name, infobip.url()))
                .collect(Collectors.joining()) + """
                account.local.allowedCountries=gb, US
                account.daily1.recipientsPerDay=3
                account.daily2.recipientsPerDay=3
                account.hourly.messagesPerRecipientAndHour=2
                account.hourly.allowedCountries=GB
                account.hourly.recipientsPerDay=1000
                account.hourly.stopReply=You get no more
                account.hourly.helpReply=Ask us
                sms.default-account=open
                sms.apiKey=none
                downstream.events.url=%s/events
                downstream.events.format=events
                """.formatted(downstream.url());
    }

    @AfterAll
    static void stop() {
        bridge.close();
        downstream.close();
        infobip.close();
    }

    /** What is tried with something of its own each time: its number is 1 or 2. */
    private interface Attempt {
        void make(int number) throws Exception;
    }

    /** With the next hour or day counts begin anew. A test that it came in between is made again. */
    private static void within(long period, Attempt attempt) throws Exception {
        long begun = System.currentTimeMillis() / period;
        try {
            attempt.make(1);
        } catch (AssertionError e) {
            if (System.currentTimeMillis() / period == begun) {
                throw e;
            }
            attempt.make(2);
        }
    }

    /** A batch with one recipient for each meta; a recipient that has none of its own number. */
    private static HttpResponse<String> post(String account, List<String> metas, String... headers) throws Exception {
        return bridge.post("/sms/send/" + account, metas.stream().map(meta -> "{\"to\": \"447700900123\", \"messageId\": \"" + meta + "\"}")
                .collect(Collectors.joining(",", "{\"text\": \"For " + account + "\", \"messages\": [", "]}")), headers);
    }

    private static JsonNode json(HttpResponse<String> answer, int status) throws Exception {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return TestBridge.JSON.readTree(answer.body());
    }

    private static double refused(String account, String reason) throws Exception {
        return bridge.manage("GET", "/observe/metrics", "").body().lines()
                .filter(line -> line.startsWith("smsbridge_recipients_refused_total{account=\"" + account + "\",reason=\"" + reason + "\"}"))
                .mapToDouble(line -> Double.parseDouble(line.replaceFirst(".* ", ""))).sum();
    }

    private static long number(String sql) throws SQLException {
        try (Connection connection = bridge.ledger(); Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @Test
    void numbersOfOtherCountriesAreRefusedThoseThatShareACallingCodeToo() throws Exception {
        double before = refused("local", "country-not-allowed");
        JsonNode answer = json(bridge.post("/sms/send/local", """
                {"text": "Hi", "messages": [{"to": "+447700900123"}, {"to": "+12015550123"}, {"to": "+15065550123"}, {"to": "+18765550123"},
                 {"to": "+919876543210"}, {"to": "+881612345678"}]}"""), 200);
        assertThat(answer.path("status").asText()).isEqualTo("partial");
        assertThat(answer.path("accepted").asInt()).isEqualTo(2);
        assertThat(answer.path("rejected")).extracting(one -> one.path("index").asInt() + " " + one.path("reason").asText()).containsExactly(
                Stream.of("2 CA", "3 JM", "4 IN", "5 001").map(one -> one.replace(" ", " to: is a number of ")
                        + ", to which the account does not send; if it is meant to, add the country to account.local.allowedCountries").toArray(String[]::new));
        assertThat(refused("local", "country-not-allowed") - before).isEqualTo(4);

        // Nobody left: the request is an error, and another account takes what this one does not.
        assertThat(json(bridge.post("/sms/send/local", "{\"to\": \"+919876543210\", \"text\": \"Hi\"}"), 400).path("status").asText()).isEqualTo("error");
        assertThat(json(bridge.post("/sms/send/open", "{\"to\": \"+919876543210\", \"text\": \"Hi\"}"), 200).path("accepted").asInt()).isEqualTo(1);
    }

    @Test
    void anAccountHasItsRecipientsOfADayAlsoAfterARestart() throws Exception {
        within(DAY, attempt -> {
            String account = "daily" + attempt;
            List<String> ids = Stream.generate(TestBridge::newId).limit(4).toList();
            double before = refused(account, "account-per-day");
            assertThat(json(post(account, ids.subList(0, 2)), 200).path("accepted").asInt()).isEqualTo(2);
            // Twice is once, also for the count.
            assertThat(json(post(account, ids.subList(0, 2)), 200).path("duplicates").asInt()).isEqualTo(2);

            JsonNode answer = json(post(account, ids.subList(2, 4)), 200);
            assertThat(answer.path("accepted").asInt()).isEqualTo(1);
            assertThat(answer.path("rejected")).singleElement().satisfies(one -> {
                assertThat(one.path("index").asInt()).isEqualTo(1);
                assertThat(one.path("reason").asText()).matches("to: the limit is used up, 3 recipients of this day \\(UTC\\) for the account " + account
                        + "; send it again from [0-9-]{10}T00:00:00Z on, or have the limit raised \\(account." + account + ".recipientsPerDay\\)");
            });
            assertThat(answer.path("messages")).extracting(one -> one.path("to").asText()).hasSize(1);
            assertThat(refused(account, "account-per-day") - before).isEqualTo(1);
            assertThat(number("SELECT COUNT(*) FROM message WHERE client_id = '" + ids.get(3) + "'")).isZero();
            await().untilAsserted(() -> assertThat(downstream.items("/events")).anySatisfy(event -> {
                assertThat(event.path("meta").asText()).isEqualTo(ids.get(3));
                assertThat(event.path("type").asText()).isEqualTo("failed");
                assertThat(event.path("failureCode").asText()).isEqualTo("915");
            }));
            bridge.awaitIdle();
            assertThat(infobip.calls().stream().flatMap(call -> call.path("messages").findValuesAsText("text").stream()).filter(("For " + account)::equals)).hasSize(3);

            bridge.close();
            bridge = new TestBridge(home, settings(), "events.jslt", ".");
            // The same message twice in one request: neither is taken for a duplicate of the other.
            JsonNode again = json(post(account, List.of(ids.get(3), ids.get(3))), 400);
            assertThat(again.path("rejected")).hasSize(2);
            assertThat(again.path("duplicates").asInt()).isZero();
            assertThat(number("SELECT SUM(accepted) FROM accepted_count WHERE kind = 'account' AND name = '" + account + "'")).isEqualTo(3);
        });
    }

    @Test
    void aCallerHasItsRecipientsOfADayOverAllItsAccounts() throws Exception {
        within(DAY, attempt -> {
            String name = "crm" + attempt;
            String key = "Bearer " + TestCallers.key(TestCallers.change(home, "add", name, "--recipients-per-day", "2"));
            assertThat(TestCallers.command(home, 0, "list")).contains(name + ": all accounts, 2 recipients in a day");
            assertThat(json(post("open", List.of("a" + TestBridge.newId()), "Authorization", key), 200).path("accepted").asInt()).isEqualTo(1);
            String late = TestBridge.newId();
            JsonNode answer = json(post("other", List.of(TestBridge.newId(), late), "Authorization", key), 200);
            assertThat(answer.path("accepted").asInt()).isEqualTo(1);
            assertThat(answer.at("/rejected/0/reason").asText()).startsWith("to: the limit is used up, 2 recipients of this day (UTC) for the caller " + name)
                    .endsWith("(caller change " + name + " --recipients-per-day)");
            assertThat(refused("other", "caller-per-day")).isPositive();
            // Nobody else's.
            assertThat(json(post("other", List.of(TestBridge.newId())), 200).path("accepted").asInt()).isEqualTo(1);

            TestCallers.change(home, "change", name, "--recipients-per-day", "3");
            assertThat(json(post("other", List.of(late), "Authorization", key), 200).path("accepted").asInt()).isEqualTo(1);
        });
        assertThat(TestCallers.command(home, 1, "add", "much", "--recipients-per-day", "1000000001")).contains("--recipients-per-day: '1000000001' has to be");
    }

    @Test
    void aNumberHasItsMessagesOfAnHour() throws Exception {
        within(HOUR, attempt -> {
            String one = "44770090012" + attempt;
            String batch = "{\"text\": \"Hi\", \"messages\": [{\"to\": \"%1$s\"}, {\"to\": \"447700900%2$s99\"}, {\"to\": \"+%1$s\"}, {\"to\": \"%1$s\"}]}"
                    .formatted(one, attempt);
            double before = refused("hourly", "recipient-per-hour");
            JsonNode answer = json(bridge.post("/sms/send/hourly", batch), 200);
            assertThat(answer.path("accepted").asInt()).isEqualTo(3);
            assertThat(answer.at("/rejected/0/index").asInt()).isEqualTo(3);
            assertThat(answer.at("/rejected/0/reason").asText()).matches("to: the limit is used up, 2 in this hour to this number; send it again from "
                    + "[0-9-]{10}T[0-9]{2}:00:00Z on, or have the limit raised \\(account.hourly.messagesPerRecipientAndHour\\)");
            assertThat(json(bridge.post("/sms/send/hourly", "{\"to\": \"" + one + "\", \"text\": \"Hi\"}"), 400).path("rejected")).hasSize(1);
            assertThat(json(bridge.post("/sms/send/open", "{\"to\": \"" + one + "\", \"text\": \"Hi\"}"), 200).path("accepted").asInt()).isEqualTo(1);
            assertThat(refused("hourly", "recipient-per-hour") - before).isEqualTo(2);
        });
    }

    /** Whoever has written is answered: from another country, and as often as they write. */
    @Test
    void whatTheBridgeItselfAnswersIsNeitherRefusedNorCounted() throws Exception {
        String writer = "919876543299";
        for (String word : List.of("HELP", "HELP", "HELP", "STOP")) {
            assertThat(bridge.post("/infobip/inbound-messages/hourly", "{\"results\": [{\"messageId\": \"" + TestBridge.newId() + "\", \"from\": \"" + writer
                    + "\", \"to\": \"447700900999\", \"text\": \"" + word + "\"}]}").statusCode()).isEqualTo(200);
        }
        await().untilAsserted(() -> assertThat(infobip.calls().stream().filter(call -> call.toString().contains(writer))
                .flatMap(call -> call.path("messages").findValuesAsText("text").stream())).containsExactlyInAnyOrder("Ask us", "Ask us", "Ask us", "You get no more"));
        assertThat(number("SELECT COUNT(*) FROM accepted_count WHERE recipient = '" + writer + "'")).isZero();
        assertThat(json(bridge.post("/sms/send/hourly", "{\"to\": \"" + writer + "\", \"text\": \"Hi\"}"), 400).at("/rejected/0/reason").asText())
                .startsWith("to: is a number of IN");
    }

    @Test
    void aCountIsForgottenWhenItsTimeIsOver() throws Exception {
        bridge.database().writer().call(transaction -> transaction.sql("count-accepted").set("kind", "recipient").set("name", "gone").set("recipient", "447700900777")
                .set("startsAt", 0).set("endsAt", HOUR).set("wanted", 1).query(row -> row.getLong(1)));
        bridge.database().writer().call(transaction -> transaction.sql("count-accepted").set("kind", "recipient").set("name", "stays").set("recipient", "447700900777")
                .set("startsAt", 0).set("endsAt", System.currentTimeMillis()).set("wanted", 1).query(row -> row.getLong(1)));
        bridge.context().createProducerTemplate().requestBody("direct:purge-ledger", "");
        assertThat(number("SELECT COUNT(*) FROM accepted_count WHERE name = 'gone'")).isZero();
        assertThat(number("SELECT COUNT(*) FROM accepted_count WHERE name = 'stays'")).isEqualTo(1);
    }

    @Test
    @EnabledIfSystemProperty(named = "test.postgres", matches = ".+")
    void bridgesOfOneLedgerCountTogether(@TempDir Path second) throws Exception {
        String url = TestLedger.settings(home).getProperty("ledger.url");
        try (TestBridge other = new TestBridge(second, settings().replace("PerDay=3", "PerDay=25").replace("Hour=2", "Hour=15") + "ledger.url=" + url + "\n",
                "events.jslt", ".");
                TestBridge another = new TestBridge(Files.createDirectory(second.resolve("another")),
                        settings().replace("PerDay=3", "PerDay=25").replace("Hour=2", "Hour=15") + "ledger.url=" + url + "\n", "events.jslt", ".")) {
            within(HOUR, attempt -> {
                ExecutorService callers = Executors.newFixedThreadPool(8);
                try {
                    List<Future<Integer>> answers = new ArrayList<>();
                    for (int i = 0; i < 80; i++) {
                        TestBridge one = i % 2 == 0 ? other : another;
                        // In two orders, as bridges that take the same rows the other way round would wait for each other.
                        String numbers = i % 4 < 2 ? "{\"to\": \"4477009006%1$s1\"}, {\"to\": \"4477009006%1$s2\"}" : "{\"to\": \"4477009006%1$s2\"}, {\"to\": \"4477009006%1$s1\"}";
                        answers.add(callers.submit(() -> TestBridge.JSON.readTree(one.post("/sms/send/hourly",
                                ("{\"text\": \"Hi\", \"messages\": [" + numbers + "]}").formatted(attempt)).body()).path("accepted").asInt()));
                    }
                    int accepted = 0;
                    for (Future<Integer> answer : answers) {
                        accepted += answer.get();
                    }
                    assertThat(accepted).isEqualTo(30);
                } finally {
                    callers.shutdownNow();
                }
            });
        }
    }
}
