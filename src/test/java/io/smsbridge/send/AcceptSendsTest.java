package io.smsbridge.send;

import static io.smsbridge.TestBridge.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** POST and GET /sms/send: what is taken, what is refused, and what the caller is told. */
@Tag("quick")
class AcceptSendsTest {

    @TempDir
    static Path home;
    static ScriptedInfobip infobip;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        infobip = new ScriptedInfobip();
        bridge = new TestBridge(home, """
                account.main.baseUrl=%1$s
                account.main.apiKey=key-of-main
                account.second.baseUrl=%1$s
                account.second.apiKey=key-of-second
                account.second.sender=Second
                sms.default-account=main
                http.maxBodySize=3000000
                """.formatted(infobip.url()));
    }

    @AfterAll
    static void stop() {
        bridge.close();
        infobip.close();
    }

    @BeforeEach
    void forget() {
        bridge.awaitIdle();
        infobip.acceptAll();
    }

    private static JsonNode onlyMessage() {
        await().until(() -> infobip.calls().size() == 1);
        JsonNode messages = infobip.calls().get(0).get("messages");
        assertThat(messages).hasSize(1);
        return messages.get(0);
    }

    private static JsonNode answered(int status, HttpResponse<String> response) throws Exception {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        return JSON.readTree(response.body());
    }

    @Test
    void takesOneFlatObjectAndAnswersWithOurMessageId() throws Exception {
        JsonNode answer = bridge.send("main", "{\"to\": \"+447700900123\", \"text\": \"Hello\"}");

        assertThat(answer.get("status").asText()).isEqualTo("success");
        assertThat(answer.get("accepted").asInt()).isEqualTo(1);
        assertThat(answer.get("rejected")).isEmpty();
        assertThat(answer.at("/messages/0/to").asText()).isEqualTo("447700900123");
        assertThat(onlyMessage().at("/destinations/0/messageId").asText())
                .isEqualTo(answer.at("/messages/0/messageId").asText()).hasSize(36);
    }

    @Test
    void sendsThroughTheDefaultAccountWhereThePathNamesNone() throws Exception {
        answered(200, bridge.post("/sms/send", "{\"to\": \"447700900123\", \"text\": \"Hello\"}"));
        onlyMessage();
        assertThat(infobip.server.getAllServeEvents().get(0).getRequest().getHeader("Authorization")).isEqualTo("App key-of-main");
    }

    @Test
    void sendsThroughTheNamedAccount() throws Exception {
        bridge.send("second", "{\"to\": \"447700900123\", \"text\": \"Hello\", \"account\": \"main\"}");
        assertThat(onlyMessage().get("sender").asText()).isEqualTo("Second");
        assertThat(infobip.server.getAllServeEvents().get(0).getRequest().getHeader("Authorization"))
                .isEqualTo("App key-of-second");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"messages\": [{\"to\": \"447700900123\", \"text\": \"Hi\"}]}",
        "{\"msgs\": [{\"to\": \"447700900123\", \"body\": \"Hi\", \"enc\": \"utf8\", \"seq\": 1}], \"tid\": \"1\"}",
        "{\"recipients\": [{\"to\": \"447700900123\"}], \"text\": \"Hi\", \"tags\": [\"a\", \"b\"]}",
        "{\"messages\": [{\"to\": \"447700900123\"}], \"others\": [{\"to\": \"1\"}], \"text\": \"Hi\"}",
        "[{\"to\": \"447700900123\", \"text\": \"Hi\"}]",
        "{\"TO\": 447700900123, \"Text\": \"Hi\"}"})
    void findsTheRecipientsHoweverTheyAreWrapped(String json) throws Exception {
        bridge.send("main", json);
        assertThat(onlyMessage().at("/content/text").asText()).isEqualTo("Hi");
    }

    @ParameterizedTest
    @CsvSource({"to, text, messageId, sender", "To, Body, mid, from", "to, body, meta, sender", "TO, TEXT, MessageID, FROM"})
    void knowsTheSpellingsOfTheFields(String to, String text, String id, String sender) throws Exception {
        String meta = TestBridge.newId();
        bridge.send("main", """
                {"%s": "447700900123", "%s": "Hi", "%s": "%s", "%s": "Shop"}""".formatted(to, text, id, meta, sender));
        JsonNode message = onlyMessage();
        assertThat(message.at("/content/text").asText()).isEqualTo("Hi");
        assertThat(message.at("/webhooks/callbackData").asText()).isEqualTo(meta);
        assertThat(message.get("sender").asText()).isEqualTo("Shop");
    }

    @Test
    void aRecipientsOwnFieldComesBeforeTheOneForAll() throws Exception {
        bridge.send("main", """
                {"sender": "All", "text": "For all", "messages": [
                  {"to": "447700900123", "sender": "Own"}, {"to": "447700900124", "text": "Own text"}]}""");
        await().until(() -> infobip.calls().size() == 1);
        JsonNode messages = infobip.calls().get(0).get("messages");
        assertThat(messages.findValuesAsText("sender")).containsExactly("Own", "All");
        assertThat(messages.findValuesAsText("text")).containsExactly("For all", "Own text");
    }

    @ParameterizedTest
    @ValueSource(strings = {"+447700900123", "447700900123", "+44 7700 900-123", "00447700900123", "+44 (7700) 900123"})
    void writesNumbersAsDigits(String to) throws Exception {
        bridge.send("main", "{\"to\": \"" + to + "\", \"text\": \"Hi\"}");
        assertThat(onlyMessage().at("/destinations/0/to").asText()).isEqualTo("447700900123");
    }

    @Test
    void takesAForm() throws Exception {
        answered(200, bridge.post("/sms/send/main", "to=%2B447700900123&text=Hi+%26+bye+%E2%82%AC&mid=a.b.&account=x",
                "Content-Type", "application/x-www-form-urlencoded"));
        JsonNode message = onlyMessage();
        assertThat(message.at("/content/text").asText()).isEqualTo("Hi & bye €");
        assertThat(message.at("/webhooks/callbackData").asText()).isEqualTo("a.b.");
    }

    @Test
    void saysHowToSendJsonThatWasSentAsAForm() throws Exception {
        JsonNode answer = answered(400, bridge.post("/sms/send/main", "{\"to\": \"447700900123\", \"text\": \"a=b&c\"}",
                "Content-Type", "application/x-www-form-urlencoded"));
        assertThat(answer.get("error").asText()).endsWith("send Content-Type: application/json");
    }

    @Test
    void takesAQueryString() throws Exception {
        answered(200, bridge.get("/sms/send/main?to=447700900123&text=Hi%20%F0%9F%91%8B+all&flash=true&account=x"));
        JsonNode message = onlyMessage();
        assertThat(message.at("/content/text").asText()).isEqualTo("Hi 👋 all");
        assertThat(message.at("/options/flash").asBoolean()).isTrue();
    }

    @Test
    void aQueryStringOnAPostIsNotPartOfTheRequest() throws Exception {
        JsonNode answer = answered(400, bridge.post("/sms/send/main?to=447700900123", "{\"text\": \"Hi\"}"));
        assertThat(answer.at("/rejected/0/reason").asText()).isEqualTo("to: missing");
    }

    @Test
    void keepsEveryScript() throws Exception {
        String text = "नमस्ते, merhaba, 안녕하세요, 👩‍👩‍👧 \" \\ \n {{x}} ${body}";
        bridge.send("main", JSON.createObjectNode().put("to", "447700900123").put("text", text).toString());
        assertThat(onlyMessage().at("/content/text").asText()).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"text\": \"Hi\"} | to: missing",
        "{\"to\": \"12\", \"text\": \"Hi\"} | to: not a phone number in international form (E.164), such as 447700900123",
        "{\"to\": \"abc\", \"text\": \"Hi\"} | to: not a phone number in international form (E.164), such as 447700900123",
        "{\"to\": \"0447700900123\", \"text\": \"Hi\"} | to: not a phone number in international form (E.164), such as 447700900123",
        "{\"to\": \"017112345678\", \"text\": \"Hi\"} | to: not a phone number in international form (E.164), such as 447700900123",
        "{\"to\": \"447700900123\"} | text: missing",
        "{\"to\": \"447700900123\", \"text\": \"\"} | text: missing",
        "{\"to\": \"447700900123\", \"text\": {\"a\": 1}} | text: has to be text",
        "{\"to\": \"447700900123\", \"text\": \"$$Body\"} | text: missing",
        "{\"to\": \"447700900123\", \"text\": \"Hi\", \"flash\": \"maybe\"} | flash: has to be true or false",
        "{\"to\": \"447700900123\", \"text\": \"Hi\", \"recipientType\": \"X\"} | recipientType: has to be one of BIREYSEL, TACIR",
        "{\"to\": \"447700900123\", \"text\": \"Hi\", \"brandCode\": \"4x\"} | brandCode: has to be a whole number of 32 bits",
        "{\"to\": \"447700900123\", \"text\": \"Hi\", \"languageCode\": \"DE\"} | languageCode: has to be one of NONE, TR, ES, PT, AUTODETECT",
        "{\"to\": \"447700900123\", \"text\": \"Hi\", \"sendAt\": \"tomorrow\"} | sendAt: not a time with an offset, such as 2026-11-24T09:00:00+01:00",
        "{\"to\": \"447700900123\", \"text\": \"Hi\", \"sendAt\": \"2126-11-24T09:00:00Z\"} | sendAt: more than 180 days ahead",
        "{\"to\": \"447700900123\", \"text\": \"Hi\", \"sendBefore\": \"soon\"} | sendBefore: not a time with an offset, such as 2026-11-24T09:00:00+01:00",
        "{\"to\": \"447700900123\", \"text\": \"Hi\", \"validUntil\": \"2020-11-24T09:00:00Z\"} | sendBefore: has passed",
        "{\"to\": \"447700900123\", \"text\": \"Hi\", \"sendAt\": \"2099-11-24T09:00:00Z\", \"expiresAt\": \"2099-11-24T10:00:00+01:00\"} | sendBefore: is not after sendAt; sendAt: more than 180 days ahead"})
    void refusesABadRecipientByNameAndReason(String json, String reason) throws Exception {
        JsonNode answer = answered(400, bridge.post("/sms/send/main", json));
        assertThat(answer.get("status").asText()).isEqualTo("error");
        assertThat(answer.at("/rejected/0/index").asInt()).isZero();
        assertThat(answer.at("/rejected/0/reason").asText()).isEqualTo(reason);
    }

    @Test
    void namesFieldsThatAreTooLong() throws Exception {
        String json = JSON.createObjectNode().put("to", "447700900123").put("text", "Hi").put("mid", "x".repeat(4001))
                .put("entityId", "e".repeat(256)).toString();
        JsonNode answer = answered(400, bridge.post("/sms/send/main", json));
        assertThat(answer.at("/rejected/0/reason").asText())
                .isEqualTo("messageId: has to be text of up to 4000 characters; entityId: has to be text of up to 255 characters in one line");
    }

    @Test
    void goodOnesGoOnWhereOthersAreRefused() throws Exception {
        JsonNode answer = bridge.send("main", """
                {"text": "Hi", "messages": [{"to": "447700900123"}, {"to": "nobody"}, 7, {"to": "447700900124"}]}""");
        assertThat(answer.get("status").asText()).isEqualTo("partial");
        assertThat(answer.get("accepted").asInt()).isEqualTo(2);
        assertThat(answer.get("messages").findValuesAsText("to")).containsExactly("447700900123", "447700900124");
        assertThat(answer.get("rejected").findValuesAsText("index")).containsExactly("1", "2");
        assertThat(answer.at("/rejected/0/to").asText()).isEqualTo("nobody");
        await().until(() -> infobip.messageIds().size() == 2);
    }

    @Test
    void treatsAnUnfilledPlaceholderAsAbsent() throws Exception {
        bridge.send("main", """
                {"to": "447700900123", "body": "Hi", "mid": "$$MessageID", "tid": "$$TemplateID", "sender": ""}""");
        assertThat(onlyMessage().has("webhooks")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"a\": [{\"to\": \"1\"}], \"b\": [{\"to\": \"2\"}]} | several arrays could be the recipients: a, b. Name the one that is meant \"messages\"",
        "{\"messages\": []} | messages: holds no recipient",
        "[] | the array of recipients: holds no recipient",
        "7 | the request has to be a JSON object: one recipient, or an object with an array of recipients",
        "{\"to\": | the body is not JSON: line 1, column 7: Unexpected end-of-input within/between Object entries",
        "{\"to\": 1} x | the body is not JSON: line 1, column 11: Unrecognized token 'x': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"})
    void saysWhyARequestCannotBeRead(String body, String error) throws Exception {
        JsonNode answer = answered(400, bridge.post("/sms/send/main", body));
        assertThat(answer.get("status").asText()).isEqualTo("error");
        assertThat(answer.get("error").asText()).isEqualTo(error);
    }

    @Test
    void saysThatTheBodyIsEmpty() throws Exception {
        assertThat(answered(400, bridge.post("/sms/send/main", "")).get("error").asText())
                .isEqualTo("the request has to be a JSON object: one recipient, or an object with an array of recipients");
    }

    @Test
    void namesTheAccountsThereAreWithoutTheirSecrets() throws Exception {
        HttpResponse<String> response = bridge.post("/sms/send/nobody", "{\"to\": \"447700900123\", \"text\": \"Hi\"}");
        assertThat(answered(404, response).get("error").asText()).isEqualTo("unknown account; there are [main, second]");
        assertThat(response.body()).doesNotContain("key-of");
    }

    private static String batch(int size) {
        return IntStream.range(0, size).mapToObj(i -> "{\"to\": \"4477%08d\"}".formatted(900000 + i))
                .collect(Collectors.joining(",", "{\"text\": \"Hi\", \"messages\": [", "]}"));
    }

    @Test
    void takesAThousandRecipientsAndCallsInfobipTenTimes() throws Exception {
        JsonNode answer = bridge.send("main", batch(1000));
        assertThat(answer.get("accepted").asInt()).isEqualTo(1000);
        await().until(() -> infobip.messageIds().size() == 1000);
        assertThat(infobip.calls()).hasSize(10).allSatisfy(call -> assertThat(call.get("messages")).hasSize(100));
        List<String> accepted = answer.get("messages").findValuesAsText("messageId");
        assertThat(infobip.messageIds()).containsExactlyInAnyOrderElementsOf(accepted).doesNotHaveDuplicates();
    }

    @Test
    void refusesMoreRecipientsThanOneRequestMayHold() throws Exception {
        assertThat(answered(413, bridge.post("/sms/send/main", batch(1001))).get("error").asText())
                .isEqualTo("too many recipients: 1001, and at most 1000 go into one request");
    }

    @Test
    void refusesABodyThatIsTooLarge() throws Exception {
        assertThat(bridge.post("/sms/send/main", "x".repeat(3_000_001)).statusCode()).isEqualTo(413);
    }

    @Test
    void takesRecordsApartThatInfobipTakesInOneCallOnly() throws Exception {
        bridge.send("main", """
                {"text": "Hi", "messages": [
                  {"to": "447700900121"}, {"to": "447700900122", "sendAt": "2026-12-24T09:00:00+01:00"},
                  {"to": "447700900123", "shortenUrl": true}, {"to": "447700900124"},
                  {"to": "447700900125", "sendAt": "2026-12-24T08:00:00.000Z"}]}""");
        await().until(() -> infobip.messageIds().size() == 5);
        assertThat(infobip.calls()).extracting(call -> call.get("messages").findValuesAsText("to").toString())
                .containsExactlyInAnyOrder("[447700900121, 447700900124]", "[447700900122, 447700900125]", "[447700900123]");
    }

    @Nested
    class WithoutALedger {

        @Test
        void answersThatNothingWasStored(@TempDir Path other) throws Exception {
            try (TestBridge stranded = new TestBridge(other, """
                    account.main.baseUrl=%s
                    account.main.apiKey=k
                    sms.default-account=main
                    """.formatted(infobip.url()))) {
                stranded.database().close();
                HttpResponse<String> response = stranded.post("/sms/send", "{\"to\": \"447700900123\", \"text\": \"Hi\"}");
                assertThat(answered(503, response).get("error").asText()).startsWith("the request can't be stored now");
                assertThat(response.headers().firstValue("Retry-After")).isPresent();
                assertThat(stranded.post("/infobip/delivery-reports/main", "{\"results\": []}").statusCode()).isEqualTo(503);
            }
            assertThat(infobip.calls()).isEmpty();
        }
    }
}
