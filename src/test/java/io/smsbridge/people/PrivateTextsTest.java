package io.smsbridge.people;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static io.smsbridge.TestBridge.JSON;
import static io.smsbridge.TestBridge.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import io.smsbridge.ledger.LedgerStatement;
import io.smsbridge.ledger.LedgerTransaction;
import io.smsbridge.ledger.LedgerWork;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ledger.text=none: a text is gone when it was sent, told or given up. And whatever goes wrong, neither texts nor numbers get into the log. */
class PrivateTextsTest {

    private static final String PERSON = "447700900123";
    /** In every text of this test, and in nothing else. */
    private static final String SECRET = "quincunx";

    @TempDir
    static Path home;
    static ScriptedInfobip infobip;
    static ScriptedDownstream downstream;
    static TestBridge bridge;
    private int logged;

    @BeforeAll
    static void start() throws Exception {
        infobip = new ScriptedInfobip();
        downstream = new ScriptedDownstream();
        bridge = new TestBridge(home, """
                account.main.baseUrl=%1$s
                account.main.apiKey=k
                account.main.retryDelay=50ms
                sms.default-account=main
                ledger.text=none
                downstream.crm.url=%2$s/crm
                downstream.crm.events=delivered,replied
                downstream.crm.format=whole
                downstream.crm.retryDelay=50ms
                downstream.mapped.url=%2$s/mapped
                downstream.mapped.events=replied
                downstream.mapped.format=quoting
                """.formatted(infobip.url(), downstream.url()), "whole.jslt", ".", "quoting.jslt", "error(\"can't take \" + to-json(.))");
    }

    @AfterAll
    static void stop() {
        bridge.close();
        downstream.close();
        infobip.close();
    }

    @BeforeEach
    void mark() throws Exception {
        logged = TestBridge.log().size();
    }

    private void assertNothingLogged() throws Exception {
        assertThat(TestBridge.logSince(logged)).isNotEmpty().noneMatch(line -> line.contains(SECRET)).noneMatch(line -> line.contains(PERSON));
    }

    /** Whether the word stands anywhere in the ledger. */
    private static boolean isKept(String word) throws SQLException {
        try (Connection connection = bridge.ledger(); Statement statement = connection.createStatement()) {
            for (String table : List.of("message", "event", "outbox", "payload", "dead_letter", "consent")) {
                try (ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
                    while (rows.next()) {
                        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                            String value = rows.getMetaData().getColumnName(i).equals("body") ? new String(rows.getBytes(i), StandardCharsets.UTF_8) : rows.getString(i);
                            if (value != null && value.contains(word)) {
                                return true;
                            }
                        }
                    }
                }
            }
        }
        return false;
    }

    private static void receive(String... elements) throws Exception {
        assertThat(bridge.post("/infobip/inbound-messages/main", "{\"results\": [" + String.join(",", elements) + "]}").statusCode()).isEqualTo(200);
    }

    private static String message(String text) {
        return "{\"messageId\": \"" + newId() + "\", \"from\": \"" + PERSON + "\", \"to\": \"447700900999\", \"text\": \"" + text + "\"}";
    }

    @Test
    void aTextThatCantBeSentIsKeptUntilThenAndNoLonger() throws Exception {
        // As it quotes the text, what Infobip answers is not kept either.
        String quoted = "{\"errorCode\": \"E400\", \"description\": \"can't take " + SECRET + " to " + PERSON + "\"}";
        infobip.answers(aResponse().withStatus(500).withBody(quoted), aResponse().withStatus(500).withBody(quoted), aResponse().withStatus(400).withBody(quoted));
        String id = bridge.send("main", "{\"to\": \"" + PERSON + "\", \"text\": \"The word is " + SECRET + "\", \"messageId\": \"mine\"}").at("/messages/0/messageId").asText();
        await().until(() -> bridge.waiting("dead-letters.sends.main") == 1);
        assertThat(infobip.calls()).hasSize(3).allSatisfy(call -> assertThat(call.toString()).contains(SECRET));
        assertThat(isKept(SECRET)).isFalse();

        assertThat(bridge.get("/sms/messages/" + id).body()).contains("failed").contains("E400").doesNotContain(SECRET);
        JsonNode replayed = JSON.readTree(bridge.manage("POST", "/dead-letters/replay?queue=sends.main", "").body());
        assertThat(replayed.get("replayed").asInt()).isZero();
        assertThat(replayed.at("/notReplayed/0/reason").asText()).isEqualTo("its text was not kept (ledger.text=none)");
        JsonNode letter = bridge.takeLetter("sends.main");
        assertThat(letter.get("reason").asText()).startsWith("HTTP 400, ");
        assertThat(letter.at("/payload/0/to").asText()).isEqualTo(PERSON);
        assertThat(letter.at("/payload/0/meta").asText()).isEqualTo("mine");
        assertThat(letter.get("replayable").asBoolean(true)).isFalse();
        assertThat(TestBridge.logSince(logged)).anyMatch(line -> line.contains("account main: failure 1, next try at") && line.contains("HTTP 500"))
                .anyMatch(line -> line.contains("account main: given up after 3 tries, kept as a dead letter: HTTP 400"));
        assertNothingLogged();
    }

    @Test
    void aReplyThatCantBeToldIsForgottenWhileAReportCanBeReplayed() throws Exception {
        String quoted = "can't take " + SECRET + " of " + PERSON;
        downstream.answers("/crm", Stream.generate(() -> aResponse().withStatus(404).withBody(quoted)).limit(2).toArray(com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder[]::new));
        receive(message("The word is " + SECRET));
        await().until(() -> bridge.waiting("dead-letters.events.crm") == 1);
        bridge.report(3, newId());
        await().until(() -> bridge.waiting("dead-letters.events.crm") == 2);
        await().until(() -> bridge.waiting("dead-letters.events.mapped") >= 1);
        assertThat(isKept(SECRET)).isFalse();

        JsonNode letters = bridge.letters("queue=events.crm").get("letters");
        assertThat(letters.findValuesAsText("replayable")).containsExactlyInAnyOrder("true", "false");
        assertThat(JSON.readTree(bridge.manage("POST", "/dead-letters/replay?queue=events.crm", "").body()).get("replayed").asInt()).isEqualTo(1);
        await().until(() -> downstream.items("/crm").stream().anyMatch(event -> event.path("type").asText().equals("delivered")));
        JsonNode reply = bridge.takeLetter("events.crm");
        assertThat(reply.at("/payload/0/from").asText()).isEqualTo(PERSON);
        assertThat(reply.at("/payload/0").has("text")).isFalse();
        assertThat(bridge.takeLetter("events.mapped").get("reason").asText()).startsWith("the map quoting.jslt fails");
        assertThat(TestBridge.logSince(logged)).anyMatch(line -> line.contains("downstream crm: given up after 1 tries, kept as a dead letter: HTTP 404"))
                .anyMatch(line -> line.contains("downstream mapped: given up") && line.contains("the map quoting.jslt fails"));
        assertNothingLogged();
    }

    @Test
    void aWebhookThatCantBeReadKeepsWhomItIsAbout() throws Exception {
        receive("{\"messageId\": \"m-1\", \"received\": \"" + SECRET + "\", \"to\": \"447700900999\"}");
        await().until(() -> bridge.waiting("dead-letters.webhooks.inbound-messages") == 1);
        assertThat(bridge.post("/infobip/inbound-messages/main", SECRET + " from " + PERSON).statusCode()).isEqualTo(200);
        await().until(() -> bridge.waiting("dead-letters.webhooks.inbound-messages") == 2);
        assertThat(isKept(SECRET)).isFalse();
        List<JsonNode> letters = new ArrayList<>();
        while (bridge.waiting("dead-letters.webhooks.inbound-messages") > 0) {
            letters.add(bridge.takeLetter("webhooks.inbound-messages"));
        }
        assertThat(letters).allSatisfy(letter -> assertThat(letter.get("replayable").asBoolean(true)).isFalse()).anySatisfy(letter -> assertThat(letter.toString()).contains("m-1"));
        assertNothingLogged();
    }

    /** A request that the bridge fails on is logged with where and what, and none of it. */
    @Test
    void anErrorOfTheBridgeItselfIsLoggedWithoutWhatItSays() throws Exception {
        String[] same = {message(SECRET), message(SECRET)};
        for (int i = 0; i < 2; i++) {
            same[i] = same[i].replace("{", "{\"receivedAt\": \"2001-01-01T00:00:00.000+0000\", ");
        }
        execute("CREATE UNIQUE INDEX once ON event (happened_at) WHERE happened_at = 978307200000");
        try {
            receive(same[0]);
            assertThat(bridge.post("/infobip/inbound-messages/main", "{\"results\": [" + same[1] + "]}").statusCode()).isEqualTo(500);
        } finally {
            execute("DROP INDEX once");
        }
        assertThat(TestBridge.logSince(logged)).anyMatch(line -> line.contains("receive-inbound-messages: a request can't be handled"));
        assertNothingLogged();
        bridge.awaitIdle();
    }

    /** Drivers name the values of a batch that fails, unless they are told not to. */
    @Test
    void anErrorOfABatchHoldsNoValues() throws Exception {
        assertThatThrownBy(() -> bridge.database().writer().call(PrivateTextsTest::addTwice)).satisfies(error -> {
            StringWriter trace = new StringWriter();
            error.printStackTrace(new PrintWriter(trace));
            assertThat(trace.toString()).doesNotContain(SECRET).doesNotContain(PERSON);
            for (SQLException one = (SQLException) error; one != null; one = one.getNextException()) {
                assertThat(one.toString()).doesNotContain(SECRET).doesNotContain(PERSON);
            }
        });
        // Together with another they are tried again one by one, which is logged.
        List<String> done = java.util.Collections.synchronizedList(new ArrayList<>());
        bridge.database().writer().call(transaction -> {
            for (int i = 0; i < 2; i++) {
                bridge.database().writer().submit(failing(done));
            }
            return null;
        });
        await().until(() -> done.size() == 2);
        assertThat(TestBridge.logSince(logged)).anyMatch(line -> line.contains("works failed together"));
        assertNothingLogged();
    }

    private static LedgerWork failing(List<String> done) {
        return new LedgerWork() {
            @Override
            public void write(LedgerTransaction transaction) throws SQLException {
                addTwice(transaction);
            }

            @Override
            public void failed(Exception reason) {
                done.add(reason.getMessage());
            }
        };
    }

    private static Object addTwice(LedgerTransaction transaction) throws SQLException {
        LedgerStatement insert = transaction.sql("record-outbox");
        for (int i = 0; i < 2; i++) {
            insert.set("id", -1).set("queue", "sends").set("target", PERSON).set("lane", 0).set("grouping", SECRET).set("items", 1).set("firstSeq", 0).set("lastSeq", 0)
                    .set("dueAt", 0).set("attempts", 0).set("failingSince", (Long) null).set("requestId", SECRET).set("receivedAt", 0).set("owner", (String) null)
                    .set("leaseUntil", 0).set("payloadId", -1).addBatch();
        }
        return insert.executeBatch();
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = bridge.ledger(); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
