package io.smsbridge.send;

import static io.smsbridge.TestBridge.JSON;
import static io.smsbridge.TestBridge.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The fields of a send as they are copied and typed: ids with what can't be seen round them, ids that are none, and fields given twice. */
@Tag("quick")
class SendFieldsTest {

    private static final String NAME_AND_KEY = "account.%s.baseUrl=%s\naccount.%1$s.apiKey=k\n";

    @TempDir
    static Path home;
    static ScriptedInfobip infobip;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        infobip = new ScriptedInfobip();
        bridge = new TestBridge(home, NAME_AND_KEY.formatted("india", infobip.url()) + """
                account.india.region=india,turkey
                account.india.sender=\u00a0MyBrand\u200b
                account.india.principalEntityId=1101234560000000001\u00a0
                account.india.templateId=\ufeff1107000000000000001 \t
                account.india.telemarketerId=\u2003\s
                account.india.brandCode=\u00a04711\u00a0
                account.india.recipientType=TACIR\u200b
                """);
    }

    @AfterAll
    static void stop() {
        bridge.close();
        infobip.close();
    }

    private static HttpResponse<String> post(String json) throws Exception {
        return bridge.post("/sms/send", json.translateEscapes());
    }

    private static JsonNode sent(String id) {
        return await().until(() -> infobip.calls().stream().flatMap(call -> StreamSupport.stream(call.get("messages").spliterator(), false))
                .filter(message -> message.at("/webhooks/callbackData").asText().equals(id)).findFirst().orElse(null), message -> message != null);
    }

    /** The message that Infobip gets of a recipient with these fields. */
    private static JsonNode message(String fields) throws Exception {
        String id = newId();
        HttpResponse<String> response = post("{\"to\": \"919876543210\", \"text\": \"Hi\", \"messageId\": \"" + id + "\", " + fields + "}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return sent(id);
    }

    private static String reason(HttpResponse<String> response) throws Exception {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        return JSON.readTree(response.body()).at("/rejected/0/reason").asText();
    }

    private static String reason(String fields) throws Exception {
        return reason(post("{\"to\": \"919876543210\", \"text\": \"Hi\", " + fields + "}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1107000000000000002 ", "\\\\n1107000000000000002\\\\r\\\\n", "\u00a01107000000000000002\u00a0", "\\\\t1107000000000000002",
        "\ufeff1107000000000000002", "1107\u200b000000000000002", "\u202a1107000000000000002\u202c", "\u30001107000000000000002\u2028"})
    void anIdIsTakenWithoutWhatCameAlongWithIt(String id) throws Exception {
        JsonNode message = message("\"tid\": \"" + id + "\", \"principalEntityId\": \"" + id + "\", \"sender\": \"" + id + "\", \"campaignReferenceId\": \""
                + id + "\", \"entityId\": \"" + id + "\", \"applicationId\": \"" + id + "\"");
        assertThat(message.at("/options/regional/indiaDlt/contentTemplateId").asText()).isEqualTo("1107000000000000002");
        assertThat(message.at("/options/regional/indiaDlt/principalEntityId").asText()).isEqualTo("1107000000000000002");
        assertThat(message.get("sender").asText()).isEqualTo("1107000000000000002");
        assertThat(message.at("/options/campaignReferenceId").asText()).isEqualTo("1107000000000000002");
        assertThat(message.at("/options/platform/entityId").asText()).isEqualTo("1107000000000000002");
        assertThat(message.at("/options/platform/applicationId").asText()).isEqualTo("1107000000000000002");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "\\\\n", "\\\\t\\\\r\\\\n", "\u00a0", "\u200b", "\ufeff \u202c", "\u3000\u2028", " $$TemplateID\\\\n"})
    void aBlankIdCountsAsAbsent(String blank) throws Exception {
        JsonNode message = message("\"tid\": \"" + blank + "\", \"principalEntityId\": \"" + blank + "\", \"sender\": \"" + blank
                + "\", \"campaignReferenceId\": \"" + blank + "\", \"entityId\": \"" + blank + "\", \"applicationId\": \"" + blank
                + "\", \"brandCode\": \"" + blank + "\", \"recipientType\": \"" + blank + "\", \"flash\": \"" + blank + "\", \"sendAt\": \"" + blank
                + "\", \"validityPeriod\": \"" + blank + "\", \"priority\": \"" + blank + "\", \"languageCode\": \"" + blank + "\"");
        assertThat(message.get("sender").asText()).isEqualTo("MyBrand");
        assertThat(message.get("options")).isEqualTo(JSON.readTree(
                "{\"regional\": {\"indiaDlt\": {\"principalEntityId\": \"1101234560000000001\", \"contentTemplateId\": \"1107000000000000001\"}}}"));
    }

    @Test
    void aBlankOfARecipientDoesNotDisplaceWhatHoldsForAll() throws Exception {
        String id = newId();
        assertThat(post("{\"tid\": \"1107000000000000003\", \"text\": \"Hi\", \"msgs\": [{\"to\": \"919876543210\", \"mid\": \"" + id + "\", \"tid\": \" \\\\n\"}]}")
                .statusCode()).isEqualTo(200);
        assertThat(sent(id).at("/options/regional/indiaDlt/contentTemplateId").asText()).isEqualTo("1107000000000000003");
    }

    @Test
    void whatIsNoIdIsTakenInEveryOtherFieldToo() throws Exception {
        String id = newId();
        HttpResponse<String> response = post("{\"to\": \"905321234567\", \"text\": \"Hi\", \"messageId\": \"" + id
                + "\", \"brandCode\": \"\u00a042\\\\n\", \"recipientType\": \" bireysel\u200b\", \"flash\": \"true \", \"priority\": \"high\\\\n\", \"validityPeriod\": \" 5\u00a0\","
                + " \"transliteration\": \" TURKISH\", \"languageCode\": \"TR\\\\n\"}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode message = sent(id);
        assertThat(message.at("/options/regional/turkeyIys")).isEqualTo(JSON.readTree("{\"recipientType\": \"BIREYSEL\", \"brandCode\": 42}"));
        assertThat(message.at("/options/flash").asBoolean()).isTrue();
        assertThat(message.at("/options/validityPeriod/amount").asInt()).isEqualTo(5);
        assertThat(message.at("/content/transliteration").asText()).isEqualTo("TURKISH");
        assertThat(message.at("/content/language/languageCode").asText()).isEqualTo("TR");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"1.10716E+18\"", "\"1,10716E+18\"", "\" 1.10716e18\\\\n\"", "\"1E+18\"", "1.10716E+18", "1107161234567890123.0"})
    void aRoundedIdIsRefusedByName(String rounded) throws Exception {
        for (String field : new String[] {"templateId", "principalEntityId", "sender", "campaignReferenceId", "entityId", "applicationId"}) {
            assertThat(reason("\"" + field + "\": " + rounded)).isEqualTo(field + ": is a rounded number, such as 1.10716E+18, and no id; send all of it, as text");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\u0001', value = {
        "\"tid\": \"1107 0000\" | templateId: has to be digits alone, as in the DLT portal, such as 1107161234567890123",
        "\"tid\": \"template one\" | templateId: has to be digits alone, as in the DLT portal, such as 1107161234567890123",
        "\"tid\": -1107 | templateId: has to be digits alone, as in the DLT portal, such as 1107161234567890123",
        "\"tid\": true | templateId: has to be digits alone, as in the DLT portal, such as 1107161234567890123",
        "\"principalEntityId\": \"1101,1102\" | principalEntityId: has to be digits alone, as in the DLT portal, such as 1107161234567890123",
        "\"sender\": \"My\\\\nBrand\" | sender: has to be text in one line",
        "\"entityId\": \"a\\\\u0000b\" | entityId: has to be text of up to 255 characters in one line",
        "\"campaignReferenceId\": [1] | campaignReferenceId: has to be text of up to 255 characters in one line",
        "\"brandCode\": \"1.5E+3\" | brandCode: has to be a whole number of 32 bits",
        "\"messageId\": 1.5 | messageId: has to be text of up to 4000 characters"})
    void whatIsNoIdIsRefusedByName(String fields, String reason) throws Exception {
        assertThat(reason(fields)).isEqualTo(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"spring 2026", "7E10", "1e5", "v1.10"})
    void whatOnlyLooksAlikeIsAnId(String id) throws Exception {
        assertThat(message("\"campaignReferenceId\": \"" + id + "\"").at("/options/campaignReferenceId").asText()).isEqualTo(id);
    }

    @Test
    void theClientsOwnIdStaysAsItIs() throws Exception {
        String id = " " + newId() + ".\u00a0\u200b1.10716E+18\n";
        String request = JSON.createObjectNode().put("to", "919876543210").put("text", " \u200bHi\n").put("mid", id).toString();
        assertThat(bridge.post("/sms/send", request).statusCode()).isEqualTo(200);
        assertThat(sent(id).at("/content/text").asText()).isEqualTo(" \u200bHi\n");
        assertThat(JSON.readTree(bridge.post("/sms/send", request).body()).get("duplicates").asInt()).isEqualTo(1);
        for (String blank : new String[] {"  ", "\\\\n", "\u200b"}) {
            assertThat(JSON.readTree(post("{\"to\": \"919876543210\", \"text\": \"Hi\", \"mid\": \"" + blank + "\"}").body()).has("duplicates")).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\u0001', value = {
        "{\"to\": \"919876543210\", \"text\": \"Hi\", \"body\": \"Bye\"} | text: stands there twice with different values, as text and as body; give one of them",
        "{\"to\": \"919876543210\", \"TO\": \"919876543211\", \"text\": \"Hi\"} | to: stands there twice with different values, as to and as TO; give one of them",
        "{\"to\": \"919876543210\", \"to\": \"919876543211\", \"text\": \"Hi\"} | to: stands there twice with different values; give one of them",
        "{\"to\": \"919876543210\", \"text\": \"Hi\", \"tid\": \"1\", \"TemplateID\": 2} | templateId: stands there twice with different values, as tid and as TemplateID; give one of them",
        "{\"to\": \"919876543210\", \"text\": \"Hi\", \"mid\": \"a\", \"meta\": \"a \"} | messageId: stands there twice with different values, as mid and as meta; give one of them",
        "{\"to\": \"919876543210\", \"text\": \"Hi\", \"text\": null, \"body\": \"\", \"text\": \"Bye\"} | text: stands there twice with different values; give one of them"})
    void aFieldGivenTwiceIsRefusedByName(String json, String reason) throws Exception {
        assertThat(reason(post(json))).isEqualTo(reason);
        // The others go on.
        JsonNode answer = JSON.readTree(post("{\"messages\": [" + json + ", {\"to\": \"919876543210\", \"text\": \"Hi\"}]}").body());
        assertThat(answer.get("accepted").asInt()).isEqualTo(1);
        assertThat(answer.at("/rejected/0/reason").asText()).isEqualTo(reason);
    }

    @Test
    void aFieldForAllThatIsGivenTwiceMattersToWhoeverHasNoneOfItsOwn() throws Exception {
        JsonNode answer = JSON.readTree(post("""
                {"text": "Hi", "Body": "Bye", "msgs": [{"to": "919876543210"}, {"to": "919876543211", "text": "Own"}]}""").body());
        assertThat(answer.get("accepted").asInt()).isEqualTo(1);
        assertThat(answer.at("/messages/0/to").asText()).isEqualTo("919876543211");
        assertThat(answer.at("/rejected/0/reason").asText())
                .isEqualTo("text: stands there twice with different values, as text and as Body; give one of them");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"to\": \"919876543210\", \"TO\": \"919876543210\", \"text\": \"Hi\", \"body\": \"Hi\"}",
        "{\"to\": \"919876543210\", \"to\": 919876543210, \"text\": \"Hi\", \"text\": \"Hi\"}",
        "{\"to\": \"919876543210\", \"text\": \"Hi\", \"body\": \"\", \"tid\": \" 1107000000000000002\", \"templateId\": 1107000000000000002}",
        "{\"to\": \"919876543210\", \"text\": \"Hi\", \"Text\": \"$$Body\", \"seq\": 1, \"seq\": 2}"})
    void aFieldGivenTwiceAlikeIsTaken(String json) throws Exception {
        HttpResponse<String> response = post(json);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    @Test
    void aFieldGivenTwiceInAQueryStringOrAFormIsRefusedByName() throws Exception {
        for (String fields : new String[] {"to=919876543210&text=Hi&text=Bye", "to=919876543210&text=Hi&Body=Bye"}) {
            for (HttpResponse<String> response : List.of(bridge.get("/sms/send?" + fields),
                    bridge.post("/sms/send", fields, "Content-Type", "application/x-www-form-urlencoded"))) {
                assertThat(reason(response)).startsWith("text: stands there twice with different values");
            }
        }
        for (String field : new String[] {"to=919876543210", "text=" + URLEncoder.encode("Hi, \"you\" \\ ü", StandardCharsets.UTF_8), "seq=1"}) {
            String fields = "to=919876543210&text=" + URLEncoder.encode("Hi, \"you\" \\ ü", StandardCharsets.UTF_8) + "&seq=2&" + field;
            assertThat(bridge.get("/sms/send?" + fields).statusCode()).isEqualTo(200);
            assertThat(bridge.post("/sms/send", fields, "Content-Type", "application/x-www-form-urlencoded").statusCode()).isEqualTo(200);
        }
    }
}
