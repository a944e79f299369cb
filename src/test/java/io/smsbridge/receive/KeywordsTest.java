package io.smsbridge.receive;

import static io.smsbridge.TestBridge.JSON;
import static io.smsbridge.TestBridge.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** STOP, START and HELP: what counts as one, what is recorded, what is answered, and whom it keeps from being texted. */
class KeywordsTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger(100);

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
                account.main.stopWords=STOP,İPTAL,बंद करो,停止
                account.main.stopReply=You get no more messages. Répondez START 👍
                account.main.helpReply=Write to help@example.com
                account.second.baseUrl=%2$s
                account.second.apiKey=k
                sms.default-account=main
                optOut.enforce=true
                downstream.events.url=%1$s/events
                downstream.events.format=events
                downstream.events.itemsPerPost=2000
                downstream.clevertap.url=%1$s/clevertap
                downstream.clevertap.format=clevertap
                """.formatted(downstream.url(), infobip.url()), "events.jslt", ".");
    }

    @AfterAll
    static void stop() {
        bridge.close();
        downstream.close();
        infobip.close();
    }

    private static String somebody() {
        return "447700900" + NUMBERS.incrementAndGet();
    }

    private static JsonNode write(String account, String from, String fields) throws Exception {
        String id = newId();
        String body = "{\"results\": [{\"messageId\": \"" + id + "\", \"from\": \"" + from + "\", \"to\": \"447860000001\", " + fields + "}]}";
        assertThat(bridge.post("/infobip/inbound-messages" + account, body).statusCode()).isEqualTo(200);
        await().until(() -> eventOf(id) != null);
        return eventOf(id);
    }

    private static JsonNode write(String from, String text) throws Exception {
        return write("/main", from, "\"text\": " + JSON.writeValueAsString(text));
    }

    private static JsonNode eventOf(String messageId) {
        return downstream.items("/events").stream().filter(event -> event.get("messageId").asText().equals(messageId)).findFirst().orElse(null);
    }

    private static HttpResponse<String> send(String account, String to) throws Exception {
        return bridge.post("/sms/send/" + account, "{\"to\": \"" + to + "\", \"text\": \"Sale\"}");
    }

    private static List<JsonNode> messagesTo(String number) {
        return infobip.calls().stream().flatMap(call -> java.util.stream.StreamSupport.stream(call.get("messages").spliterator(), false))
                .filter(message -> message.at("/destinations/0/to").asText().equals(number)).toList();
    }

    @ParameterizedTest
    @CsvSource({"STOP, stop, STOP", "stop, stop, STOP", "' Stop.\n', stop, STOP", "«stop»!, stop, STOP", "STOP 🙏, stop, STOP", "ＳＴＯＰ, stop, STOP",
        "iptal, stop, İPTAL", "IPTAL, stop, İPTAL", "ıptal, stop, İPTAL", "İPTAL, stop, İPTAL", "बंद  करो।, stop, बंद करो", "停止。, stop, 停止",
        "Yes, start, YES", "unstop, start, UNSTOP", "help?, help, HELP"})
    void marksAWordAlone(String text, String type, String word) throws Exception {
        JsonNode event = write(somebody(), text);
        assertThat(event.get("keyword")).isEqualTo(JSON.createObjectNode().put("type", type).put("word", word));
        assertThat(event.get("text").asText()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"please stop", "STOP it", "stopp", "END", "!!!", "", "st op"})
    void marksNothingElse(String text) throws Exception {
        assertThat(write(somebody(), text).has("keyword")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"STOP", "Stop all", "STOP-ALL", "stopall", "Unsubscribe.", "cancel", "END", "quit", "Revoke!", "optout", "Opt  out", "OPT-OUT", "opt\u00a0out", "opt\u2011out",
        "ST\u200bOP", "\u202aSTOP\u202c", "S\u00adT\u00adO\u00adP"})
    void knowsTheUsualWords(String text) throws Exception {
        String person = somebody();
        assertThat(write("/second", person, "\"text\": " + JSON.writeValueAsString(text)).at("/keyword/type").asText()).isEqualTo("stop");
        assertThat(send("second", person).statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({"QUIZ STOP, QUIZ, STOP, stop", "quiz  opt out!, QUIZ, opt out!, stop", "STOP, STOP, '', stop", "Quiz help, QUIZ, help, help"})
    void whatInfobipLeavesOfATextCountsToo(String text, String keyword, String cleanText, String type) throws Exception {
        String person = somebody();
        String fields = "\"text\": \"" + text + "\", \"keyword\": \"" + keyword + "\", \"cleanText\": \"" + cleanText + "\"";
        assertThat(write("/second", person, fields).at("/keyword/type").asText()).isEqualTo(type);
        assertThat(send("second", person).statusCode()).isEqualTo(type.equals("stop") ? 400 : 200);
    }

    @ParameterizedTest
    @CsvSource({"STOP it, STOP, it", "QUIZ don't stop, QUIZ, don't stop", "QUIZ all, QUIZ, all"})
    void aWordAmongOthersDoesNot(String text, String keyword, String cleanText) throws Exception {
        assertThat(write("/second", somebody(), "\"text\": \"" + text + "\", \"keyword\": \"" + keyword + "\", \"cleanText\": \"" + cleanText + "\"")
                .has("keyword")).isFalse();
    }

    @Test
    void anMmsCounts() throws Exception {
        String person = somebody();
        JsonNode event = write("/main", person, "\"message\": [{\"contentType\": \"text/plain\", \"value\": \"Stop\"}, "
                + "{\"contentType\": \"image/gif\", \"url\": \"https://files.example.com/1.gif\"}]");
        assertThat(event.at("/keyword/type").asText()).isEqualTo("stop");
        assertThat(send("main", person).statusCode()).isEqualTo(400);
    }

    @Test
    void whoHasWrittenStopIsNotTextedUntilTheyWriteStart() throws Exception {
        String person = somebody();
        write("+" + person, "STOP");
        HttpResponse<String> refused = send("main", "+" + person);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(JSON.readTree(refused.body()).at("/rejected/0/reason").asText()).startsWith("to: has opted out");
        assertThat(send("second", person).statusCode()).as("another account").isEqualTo(200);

        write(person, "start");
        assertThat(send("main", person).statusCode()).isEqualTo(200);
    }

    @Test
    void theOthersOfABatchAreTextedAndTheRefusalIsToldWithItsCode() throws Exception {
        String person = somebody();
        String other = somebody();
        String meta = newId();
        write(person, "STOP");
        JsonNode answer = bridge.send("main", """
                {"text": "Sale", "messages": [{"to": "%s"}, {"to": "%s", "mid": "%s"}]}""".formatted(other, person, meta));
        assertThat(answer.get("status").asText()).isEqualTo("partial");
        assertThat(answer.at("/rejected/0/index").asInt()).isEqualTo(1);
        await().until(() -> messagesTo(other).size() == 1);
        await().until(() -> downstream.bodies("/clevertap").toString().contains(meta));
        JsonNode callback = downstream.bodies("/clevertap").stream().filter(body -> body.toString().contains(meta)).findFirst().orElseThrow();
        assertThat(callback.at("/0/event").asText()).isEqualTo("failed");
        assertThat(callback.at("/0/data/0/code").asText()).isEqualTo("903");
    }

    @Test
    void aRefusalAloneIsToldToo() throws Exception {
        String person = somebody();
        String meta = newId();
        write(person, "STOP");
        assertThat(bridge.post("/sms/send/main", "{\"to\": \"" + person + "\", \"text\": \"Sale\", \"mid\": \"" + meta + "\"}").statusCode()).isEqualTo(400);
        await().until(() -> downstream.bodies("/clevertap").toString().contains(meta));
    }

    @Test
    void theWordWrittenLastCountsInWhateverOrderTheyArrive() throws Exception {
        String person = somebody();
        Instant now = Instant.now();
        write("/main", person, "\"text\": \"START\", \"receivedAt\": \"" + now + "\"");
        write("/main", person, "\"text\": \"STOP\", \"receivedAt\": \"" + now.minusSeconds(60) + "\"");
        assertThat(send("main", person).statusCode()).isEqualTo(200);
    }

    @Test
    void aConfiguredReplyGoesOutOnceFromTheNumberWrittenTo() throws Exception {
        String person = somebody();
        String id = newId();
        String body = "{\"results\": [{\"messageId\": \"" + id + "\", \"from\": \"" + person + "\", \"to\": \"447860000001\", \"text\": \"STOP\"}]}";
        for (int i = 0; i < 2; i++) {
            assertThat(bridge.post("/infobip/inbound-messages/main", body).statusCode()).isEqualTo(200);
        }
        await().until(() -> messagesTo(person).size() == 1);
        JsonNode reply = messagesTo(person).get(0);
        assertThat(reply.at("/content/text").asText()).isEqualTo("You get no more messages. Répondez START 👍");
        assertThat(reply.get("sender").asText()).isEqualTo("447860000001");
        write(person, "HELP");
        await().until(() -> messagesTo(person).size() == 2);
        write(person, "START");
        write(person, "HELP");
        await().until(() -> messagesTo(person).size() == 3);
        assertThat(messagesTo(person)).extracting(message -> message.at("/content/text").asText())
                .filteredOn(text -> text.startsWith("Write to")).hasSize(2);
    }

    @Test
    void aWebhookWithoutAnAccountIsOneOfTheDefaultAccount() throws Exception {
        String person = somebody();
        assertThat(write("", person, "\"text\": \"STOP\"").at("/keyword/type").asText()).isEqualTo("stop");
        assertThat(send("main", person).statusCode()).isEqualTo(400);
    }

    @Test
    void whatIsNoPhoneNumberIsNotAnsweredAndHoldsNothingUp() throws Exception {
        assertThat(write("Shop", "HELP").at("/keyword/type").asText()).isEqualTo("help");
    }
}
