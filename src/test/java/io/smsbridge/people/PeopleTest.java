package io.smsbridge.people;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.smsbridge.TestBridge.JSON;
import static io.smsbridge.TestBridge.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept about a person: shown, erased, and forgotten in time, without a trace in the log. */
class PeopleTest {

    private static final List<String> TABLES = List.of("message", "event", "consent", "outbox", "payload", "dead_letter", "accepted_count");

    @TempDir
    static Path home;
    static ScriptedInfobip infobip;
    /** Refuses the key until it is told otherwise. */
    static ScriptedInfobip closed;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        infobip = new ScriptedInfobip();
        closed = new ScriptedInfobip();
        closed.server.stubFor(post(urlEqualTo(ScriptedInfobip.PATH)).atPriority(1).willReturn(aResponse().withStatus(401)));
        startBridge();
    }

    private static void startBridge() throws Exception {
        bridge = new TestBridge(home, """
                account.main.baseUrl=%1$s
                account.main.apiKey=k
                account.main.messagesPerRecipientAndHour=100
                account.away.baseUrl=http://localhost:1
                account.away.apiKey=k
                account.away.retryDelay=10m
                account.away.retryMaxDelay=10m
                account.closed.baseUrl=%2$s
                account.closed.apiKey=k
                downstream.crm.url=http://localhost:1/
                downstream.crm.events=replied
                downstream.crm.retryDelay=10m
                downstream.crm.retryMaxDelay=10m
                downstream.crm.downAfter=0
                sms.default-account=main
                optOut.enforce=true
                """.formatted(infobip.url(), closed.url()));
    }

    @AfterAll
    static void stop() {
        bridge.close();
        infobip.close();
        closed.close();
    }

    private static JsonNode ask(String method, String number) throws Exception {
        return ask(200, method, number);
    }

    private static JsonNode ask(int status, String method, String number) throws Exception {
        HttpResponse<String> answer = bridge.manage(method, "/sms/people/" + number, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return JSON.readTree(answer.body());
    }

    private static void reply(String from, String text) throws Exception {
        assertThat(bridge.post("/infobip/inbound-messages/main", "{\"results\": [{\"messageId\": \"" + newId() + "\", \"from\": \"" + from
                + "\", \"to\": \"447700900999\", \"text\": \"" + text + "\"}]}").statusCode()).isEqualTo(200);
    }

    private static int send(String to, String text) throws Exception {
        return bridge.post("/sms/send/main", JSON.createObjectNode().put("to", to).put("text", text).toString()).statusCode();
    }

    private static String state(String id) throws Exception {
        HttpResponse<String> answer = bridge.get("/sms/messages/" + id);
        return JSON.readTree(answer.body()).at("/messages/0/state").asText();
    }

    /** The rows of all tables about people in which the text stands. */
    private static List<String> rows(String text) throws Exception {
        List<String> found = new ArrayList<>();
        try (Connection connection = bridge.ledger(); Statement statement = connection.createStatement()) {
            for (String table : TABLES) {
                try (ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
                    while (rows.next()) {
                        StringBuilder row = new StringBuilder(table);
                        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                            row.append(' ').append(rows.getMetaData().getColumnName(i).equals("body") ? new String(rows.getBytes(i), StandardCharsets.UTF_8)
                                    : rows.getString(i));
                        }
                        if (row.indexOf(text) >= 0) {
                            found.add(row.toString());
                        }
                    }
                }
            }
        }
        return found;
    }

    private static int change(String sql) throws Exception {
        try (Connection connection = bridge.ledger(); Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    @Test
    void isShownAndErasedEverywhere() throws Exception {
        int logged = TestBridge.log().size();
        // The other number begins with all digits of the first.
        String person = "4915112345678";
        String other = "49151123456789";
        String request = "{\"to\": \"" + person + "\", \"text\": \"Private words\", \"meta\": \"client-" + person + "\"}";
        String id = bridge.send("main", request).at("/messages/0/messageId").asText();
        await().until(() -> state(id).equals("sent"));
        reply(person, "START");
        infobip.answers(aResponse().withStatus(404));
        assertThat(bridge.post("/sms/send/main", "{\"text\": \"Refused words\", \"messages\": [{\"to\": \"" + person + "\"}, {\"to\": \"" + other + "\"}]}").statusCode())
                .isEqualTo(200);
        await().until(() -> bridge.waiting("dead-letters.sends.main") == 1);
        assertThat(infobip.calls()).hasSize(1);
        bridge.post("/infobip/inbound-messages/main", "no JSON, from +49 151 12345678");
        await().until(() -> bridge.waiting("dead-letters.webhooks.inbound-messages") == 1);

        JsonNode shown = ask("GET", "+" + person);
        assertThat(shown.get("number").asText()).isEqualTo(person);
        assertThat(shown.get("messages").findValuesAsText("messageId")).hasSize(2).contains(id);
        assertThat(shown.at("/messages/0/state").asText()).isEqualTo("sent");
        assertThat(shown.at("/counts/0/account").asText()).isEqualTo("main");
        assertThat(shown.at("/consents/0/optedOut").asBoolean(true)).isFalse();
        assertThat(shown.get("waiting").findValuesAsText("queue")).as("the reply").containsExactly("events.crm");
        assertThat(shown.get("deadLetters")).hasSize(2);
        assertThat(shown.get("deadLetters").toString()).contains("Refused words", "no JSON").doesNotContain(other);

        JsonNode erased = ask("DELETE", person);
        assertThat(erased).isEqualTo(JSON.readTree("{\"messages\": 2, \"consents\": 1, \"outbox\": 1, \"deadLetters\": 2, \"waiting\": 0}"));
        assertThat(rows(person)).noneMatch(row -> !row.contains(other)).noneMatch(row -> row.replace(other, "").contains(person));
        assertThat(rows("Private words")).isEmpty();
        assertThat(ask("GET", person)).isEqualTo(JSON.readTree("{\"number\": \"" + person + "\", \"messages\": [], \"counts\": [], \"consents\": [], \"waiting\": [], \"deadLetters\": []}"));

        // The other one in the same dead letter is left, and a repeat of the request is not sent again.
        JsonNode rest = ask("GET", other);
        assertThat(rest.get("messages")).hasSize(1);
        assertThat(rest.at("/deadLetters/0/items")).hasSize(1);
        assertThat(bridge.send("main", request).at("/messages/0/messageId").asText()).isEqualTo(id);
        assertThat(bridge.post("/infobip/delivery-reports/main", "{\"results\": [{\"messageId\": \"" + id + "\", \"to\": \"" + person
                + "\", \"status\": {\"groupId\": 3, \"id\": 5}}]}").statusCode()).isEqualTo(200);
        await().until(() -> state(id).equals("delivered"));
        assertThat(rows(person)).noneMatch(row -> row.replace(other, "").contains(person));
        assertThat(infobip.messageIds()).doesNotContain(id);

        List<String> lines = TestBridge.logSince(logged);
        assertThat(lines).anyMatch(line -> line.contains("...5678 shown to admin: 2 messages"))
                .anyMatch(line -> line.contains("...5678 erased by admin: 2 messages"));
        assertThat(lines).noneMatch(line -> line.contains(person)).noneMatch(line -> line.contains("Private words") || line.contains("Refused words"));
        assertThat(lines).noneMatch(line -> line.contains("151 12345678"));
    }

    @Test
    void anOptOutOutlivesTheNumber() throws Exception {
        String person = "447700900201";
        reply(person, "STOP");
        assertThat(send(person, "A")).isEqualTo(400);
        assertThat(ask("DELETE", person).get("consents").asInt()).isEqualTo(1);
        assertThat(rows(person)).isEmpty();
        assertThat(send(person, "A")).isEqualTo(400);

        // The key of the hash is the same after a restart.
        bridge.close();
        startBridge();
        assertThat(send(person, "A")).isEqualTo(400);
        assertThat(send("447700900202", "A")).isEqualTo(200);
        assertThat(ask("GET", person).at("/consents/0/erased").asBoolean()).isTrue();
        assertThat(ask("DELETE", person).get("consents").asInt()).isZero();
        assertThat(send(person, "A")).isEqualTo(400);

        reply(person, "START");
        assertThat(send(person, "A")).isEqualTo(200);
        JsonNode consents = ask("GET", person).get("consents");
        assertThat(consents).hasSize(1);
        assertThat(consents.at("/0/optedOut").asBoolean(true)).isFalse();
    }

    /** In the table, as a call has failed, and in memory, as the account is down. */
    @Test
    void whatWaitsIsErasedAndNotSent() throws Exception {
        String person = "447700900301";
        String id = bridge.send("away", "{\"to\": \"" + person + "\", \"text\": \"Waits for Infobip\"}").at("/messages/0/messageId").asText();
        reply(person, "Waits for the downstream");
        JsonNode waiting = await().until(() -> ask("GET", person).get("waiting"), found -> found.size() == 2);
        assertThat(waiting.findValuesAsText("queue")).containsExactly("sends.away", "events.crm");
        assertThat(waiting.at("/0/items/0/text").asText()).isEqualTo("Waits for Infobip");
        await().until(() -> change("UPDATE outbox SET lane = lane WHERE attempts = 1 AND owner IS NULL") >= 2);

        bridge.send("closed", "{\"text\": \"For both\", \"messages\": [{\"to\": \"" + person + "\"}, {\"to\": \"447700900302\"}]}");
        await().until(() -> !closed.calls().isEmpty() && bridge.database().outbox().queue("sends", "closed").running() == 0);
        JsonNode erased = ask("DELETE", person);
        assertThat(erased.get("outbox").asInt()).isEqualTo(3);
        assertThat(erased.get("waiting").asInt()).isZero();
        assertThat(rows(person)).isEmpty();
        assertThat(rows("Waits for")).isEmpty();
        assertThat(state(id)).isEqualTo("failed");

        closed.acceptAll();
        await().until(() -> bridge.waiting("sends.closed") == 0);
        assertThat(closed.calls()).isNotEmpty().allSatisfy(call -> assertThat(call.toString()).contains("447700900302").doesNotContain(person));
    }

    @Test
    void whatIsInACallIsLeftAndNamedUntilItIsGone() throws Exception {
        String person = "447700900311";
        String id = bridge.send("main", "{\"to\": \"" + person + "\", \"text\": \"held\"}").at("/messages/0/messageId").asText();
        await().until(() -> infobip.held() == 1);
        JsonNode left = ask(409, "DELETE", person);
        assertThat(left.get("waiting").asInt()).isEqualTo(1);
        assertThat(left.get("messages").asInt()).isEqualTo(1);
        assertThat(left.get("error").asText()).startsWith("what waits in 1 places is being sent or told");
        infobip.release();
        await().until(() -> state(id).equals("sent"));
        assertThat(ask("DELETE", person).get("waiting").asInt()).isZero();
        assertThat(rows(person)).isEmpty();
    }

    @Test
    void deadLettersAndOptInsAreForgottenInTime() throws Exception {
        bridge.post("/infobip/clicks/main", "old one");
        bridge.post("/infobip/clicks/main", "new one");
        await().until(() -> bridge.waiting("dead-letters.webhooks.clicks") == 2);
        reply("447700900401", "START");
        reply("447700900402", "STOP");
        reply("447700900403", "START");
        long old = System.currentTimeMillis() - 91L * 86_400_000;
        assertThat(change("UPDATE consent SET changed_at = " + old + " WHERE recipient IN ('447700900401', '447700900402')")).isEqualTo(2);
        String id = bridge.letters("queue=webhooks.clicks").at("/letters/0/id").asText();
        assertThat(change("UPDATE dead_letter SET last_failed_at = " + old + " WHERE id = '" + id + "'")).isEqualTo(1);

        int logged = TestBridge.log().size();
        bridge.context().createProducerTemplate().sendBody("direct:purge-ledger", null);

        assertThat(bridge.letters("queue=webhooks.clicks").get("letters").findValuesAsText("id")).hasSize(1).doesNotContain(id);
        assertThat(rows("447700900401")).noneMatch(row -> row.startsWith("consent"));
        assertThat(rows("447700900402")).filteredOn(row -> row.startsWith("consent")).hasSize(1);
        assertThat(rows("447700900403")).filteredOn(row -> row.startsWith("consent")).hasSize(1);
        assertThat(TestBridge.logSince(logged)).anyMatch(line -> line.contains("1 dead letters removed"));
    }
}
