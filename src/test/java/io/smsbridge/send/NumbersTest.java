package io.smsbridge.send;

import static io.smsbridge.TestBridge.JSON;
import static io.smsbridge.TestBridge.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

/** Phone numbers as people write and copy them, of recipients and of writers: whose they are, and that nobody gets what is another's. */
class NumbersTest {

    @TempDir
    static Path home;
    static ScriptedInfobip infobip;
    static ScriptedDownstream downstream;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        infobip = new ScriptedInfobip();
        downstream = new ScriptedDownstream();
        StringBuilder local = new StringBuilder();
        for (String country : List.of("in", "DE", "IT", "US", "CN", "GB", "FR")) {
            local.append("account.%s.baseUrl=%s\naccount.%1$s.apiKey=k\naccount.%1$s.defaultCountry=%1$s\n".formatted(country, infobip.url()));
        }
        bridge = new TestBridge(home, """
                account.main.baseUrl=%2$s
                account.main.apiKey=k
                sms.default-account=main
                optOut.enforce=true
                downstream.events.url=%1$s/events
                downstream.events.format=events
                downstream.events.itemsPerPost=2000
                """.formatted(downstream.url(), infobip.url()) + local, "events.jslt", ".");
    }

    @AfterAll
    static void stop() {
        bridge.close();
        downstream.close();
        infobip.close();
    }

    private static HttpResponse<String> send(String account, String to, String id) throws Exception {
        ObjectNode request = JSON.createObjectNode().put("text", "Hi").put("to", to.translateEscapes());
        return bridge.post("/sms/send/" + account, (id == null ? request : request.put("messageId", id)).toString());
    }

    private static void accepts(String account, String to, String number) throws Exception {
        String id = newId();
        HttpResponse<String> response = send(account, to, id);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(JSON.readTree(response.body()).at("/messages/0/to").asText()).isEqualTo(number);
        await().until(() -> sent(id) != null);
        assertThat(sent(id).at("/destinations/0/to").asText()).isEqualTo(number);
    }

    private static JsonNode sent(String id) {
        return infobip.calls().stream().flatMap(call -> StreamSupport.stream(call.get("messages").spliterator(), false))
                .filter(message -> message.at("/webhooks/callbackData").asText().equals(id)).findFirst().orElse(null);
    }

    private static JsonNode refuses(String account, String to) throws Exception {
        HttpResponse<String> response = send(account, to, null);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        JsonNode rejected = JSON.readTree(response.body()).at("/rejected/0");
        assertThat(rejected.get("reason").asText()).startsWith("to: not a phone number");
        return rejected;
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "+447700900123", "00447700900123", " 447700900123\\n", "\\t+44 7700 900 123\\r\\n",
        "+44 (0)7700 900123", "+44(0)7700900123", "(+44) 7700 900123", "+(44) 7700 900123", "(0044)7700-900123", "+44 (7700) 900123", "+44 0 7700 900123",
        "+44.7700900123", "+44.7700.900123", "+44.7700.90.01.23", "+44-7700-900-123", "+44 - 7700 - 900123", "+44 7700/900123", "+ 44 7700  900123",
        // Copied from contacts, pages and documents.
        "\u202a+447700900123\u202c", "\u202d+44\u00a07700\u00a0900123\u202c", "\ufeff447700900123", "447700\u200b900123", "\u2066+44 7700 900123\u2069",
        "\u200e+44\u20117700\u2011900123", "+44\u20107700\u2013900123", "+44\u22127700\u2212900123", "+44\u00ad7700\u2060900123", "\u200f\u061c+447700900123",
        "\u00a0+44\u202f7700\u2009900123\u3000", "\u3000+44\u20037700\u205f900123",
        "\uff0b\uff14\uff14\u3000\uff17\uff17\uff10\uff10\uff0d\uff19\uff10\uff10\uff11\uff12\uff13", "\uff0844\uff09\uff0e7700\uff0f900123",
        // Digits of other scripts: Arabic, Persian, Devanagari, Bengali.
        "\u0660\u0660\u0664\u0664\u0667\u0667\u0660\u0660\u0669\u0660\u0660\u0661\u0662\u0663", "+\u06f4\u06f4 \u06f7\u06f7\u06f0\u06f0 \u06f9\u06f0\u06f0\u06f1\u06f2\u06f3",
        "\u096a\u096a\u096d\u096d\u0966\u0966\u096f\u0966\u0966\u0967\u0968\u0969", "+\u09ea\u09ea-\u09ed\u09ed\u09e6\u09e6-\u09ef\u09e6\u09e6\u09e7\u09e8\u09e9"})
    void takesANumberAsItIsWrittenOrCopied(String to) throws Exception {
        accepts("main", to, "447700900123");
    }

    @ParameterizedTest
    @CsvSource({"+49 30/1234567, 49301234567", "+49 (0)30 / 123 456-0, 49301234560", "+49.151.1234.5678, 4915112345678", "4.915.112.345.678, 4915112345678",
        "+1 (415) 555-0123, 14155550123", "+1.4155550123, 14155550123", "+33.6.12.34.56.78, 33612345678", "+43 664 123456 7, 436641234567",
        "+55 (11) 91234-5678, 5511912345678", "+39 06 1234 5678, 390612345678", "+52 1 55 1234 5678, 525512345678", "5215512345678, 525512345678",
        "+54 11 15 2345-6789, 5491123456789", "+7 (495) 123-45-67, 74951234567"})
    void takesTheStyleOfEachCountry(String to, String number) throws Exception {
        accepts("main", to, number);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        // A fraction, as from a sheet or a database.
        "4915112345678.0", "4915112345678.00", "447700900123.0000", "+447700900123.5", "447700900123.", "4.915112345678E12", "4.47700900123E+11", "447700900123,0",
        // An extension.
        "+49 151 12345678-1", "+49 151 12345678 1", "447700900123-1", "447700900123 ext. 5", "447700900123x5", "447700900123#5", "447700900123;ext=5", "447700900123,5",
        "447700900123p5", "+44 7700 900123 (2)", "447700900123(0)", "tel:+447700900123",
        // Another number, or its beginning.
        "447700900123/447700900124", "447700900123/24", "+49 30 123456/57", "+49 151 12345678/9", "+49 30/12/345678", "447700900123, 447700900124", "447700900123;447700900124",
        "447700900123 447700900124", "447700900123\\n447700900124", "447700900123\\t1", "+447700900123+447700900124", "447700900123 +1", "44+7700900123",
        // No sign stands at an edge, or beside another.
        "-447700900123", "447700900123-", ".447700900123", "/447700900123", "++447700900123", "+00447700900123", "+44--7700900123", "+44./7700900123", "+44 (7700 900123", "+44 7700) 900123",
        "+44 () 7700900123", "(447700900123)", "+44 (77) (00) 900123", "(44 7700) 900123", "+447700 (900) 123", "+44 (-0)7700900123",
        // A zero in parentheses where the country has none.
        "+39 (0)347 1234567", "+1 (0)415 555 0123",
        // Look-alikes of digits, and what is above or in a circle.
        "4477\u041e0900123", "44770090012O", "4477009001\u00b2\u00b3", "\u2460447700900123", "447700900123\ufe0f", "447700\u0000900123", "\ud83d\ude00447700900123",
        // What only could be a number with an area's code before it, and what no number is as long as.
        "9876543210", "+49151", "1234567890123456", "\u200b\u202c"})
    void refusesWhatIsNoNumberOrMoreThanOne(String to) throws Exception {
        if (to.codePoints().allMatch(c -> Character.getType(c) == Character.FORMAT)) {
            assertThat(JSON.readTree(send("main", to, null).body()).at("/rejected/0/reason").asText()).isEqualTo("to: missing");
        } else {
            refuses("main", to);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"447700900123.0", "4.47700900123E11", "-447700900123", "true", "[447700900123]", "{\"number\": 447700900123}"})
    void refusesWhatIsNoTextOrWholeNumber(String json) throws Exception {
        HttpResponse<String> response = bridge.post("/sms/send/main", "{\"text\": \"Hi\", \"to\": " + json + "}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(JSON.readTree(response.body()).at("/rejected/0/reason").asText()).startsWith("to: not a phone number");
    }

    @Test
    void anAnswerShowsWhatItsReaderWouldNotSee() throws Exception {
        assertThat(refuses("main", "\u202a+4477\u041e0 900123\u00a0x").get("to").asText()).isEqualTo("\\u202A+4477\\u041E0 900123\\u00A0x");
        assertThat(refuses("main", "4915112345678.0").get("to").asText()).isEqualTo("4915112345678.0");
        assertThat(refuses("main", "447700900123\ufe0f\ud83d\ude00").get("to").asText()).isEqualTo("447700900123\\uFE0F\\uD83D\\uDE00");
    }

    @ParameterizedTest
    @CsvSource({
        "in, 9876543210, 919876543210", "in, 09876543210, 919876543210", "in, 98765 43210, 919876543210", "in, 9512345678, 919512345678", "in, 9198765432, 919198765432",
        "in, 919876543210, 919876543210", "in, +9512345678, 9512345678", "in, 4915112345678, 4915112345678", "in, 00447911123456, 447911123456", "in, 447911123456, 447911123456",
        "GB, 07700 900123, 447700900123", "GB, (07700) 900123, 447700900123", "GB, 447700900123, 447700900123", "GB, +44 (0)7700 900123, 447700900123",
        "DE, 0151/12345678, 4915112345678", "DE, 4915112345678, 4915112345678", "DE, 493012345678, 493012345678", "DE, 01511 2345678, 4915112345678",
        "IT, 390 1234567, 393901234567", "IT, 393471234567, 393471234567", "US, (361) 555-0123, 13615550123", "US, 13615550123, 13615550123", "US, 011 44 7911 123456, 447911123456",
        "CN, 13123456789, 8613123456789", "CN, 8613123456789, 8613123456789", "FR, 06.12.34.56.78, 33612345678", "FR, 33612345678, 33612345678"})
    void anAccountsDefaultCountryReadsItsNationalNumbers(String account, String to, String number) throws Exception {
        accepts(account, to, number);
    }

    @ParameterizedTest
    @CsvSource({"in, 9876543210.0", "in, 9876543210-1", "in, 98765", "GB, 07911123456 1", "DE, 0151 12345678-1", "DE, 0151/12345678/9", "FR, 0612345678/79",
        // Neither an assigned number of India nor one of Great Britain, but long enough for both.
        "in, 447700900123"})
    void aNationalNumberIsReadAsStrictly(String account, String to) throws Exception {
        assertThat(refuses(account, to).get("reason").asText()).isEqualTo("to: not a phone number of " + account.toUpperCase(java.util.Locale.ROOT)
                + ", nor one in international form (E.164), such as +447700900123");
    }

    private static JsonNode write(String from, String text) throws Exception {
        String id = newId();
        ObjectNode message = JSON.createObjectNode().put("messageId", id).put("from", from.translateEscapes()).put("to", "447860000001").put("text", text);
        assertThat(bridge.post("/infobip/inbound-messages/main", JSON.createObjectNode().set("results", JSON.createArrayNode().add(message)).toString())
                .statusCode()).isEqualTo(200);
        return await().until(() -> downstream.items("/events").stream().filter(event -> event.get("messageId").asText().equals(id)).findFirst().orElse(null),
                event -> event != null);
    }

    /** Sends to one form of a number, and lets the same subscriber write under another. */
    private static void isAnsweredBy(String to, String from) throws Exception {
        String id = newId();
        assertThat(send("main", to, id).statusCode()).isEqualTo(200);
        await().untilAsserted(() -> assertThat(bridge.get("/sms/messages/" + id).body()).contains("\"state\":\"sent\""));
        assertThat(write(from, "Yes, please").path("meta").asText()).as("reply of %s", from).isEqualTo(id);
        assertThat(write(from, "stop").at("/keyword/type").asText()).isEqualTo("stop");
        HttpResponse<String> refused = send("main", to, null);
        assertThat(refused.body()).as("after STOP of %s", from).contains("has opted out");
        write(from, "start");
        assertThat(send("main", to, null).statusCode()).as("after START of %s", from).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"447700900401, 00447700900401", "447700900402, +44 7700 900402", "447700900403, ' 447700900403'", "+44 7700 900404, 447700900404",
        "447700900405, \u202a+44\u00a07700\u2011900405\u202c", "447700900406, +44 (0)7700 900406", "00447700900407, 447700900407\\n", "447700900408, ٤٤٧٧٠٠٩٠٠٤٠٨",
        "525512340001, 5215512340001", "5215512340002, 525512340002", "5491123450001, 541123450001", "541123450002, 5491123450002", "54 11 15 2345-0003, 541123450003",
        "5511981230001, 551181230001", "551181230002, 5511981230002"})
    void aWriterIsKnownHoweverTheNumberIsWritten(String to, String from) throws Exception {
        isAnsweredBy(to, from);
    }

    @ParameterizedTest
    @CsvSource({"5511971230001, 551171230001", "551138230001, 5511938230001", "447700900411, 44770090041", "4915112340001, 49151123400011"})
    void whoeverCanBeSomebodyElseIs(String to, String from) throws Exception {
        String id = newId();
        assertThat(send("main", to, id).statusCode()).isEqualTo(200);
        await().untilAsserted(() -> assertThat(bridge.get("/sms/messages/" + id).body()).contains("\"state\":\"sent\""));
        assertThat(write(from, "Hello").has("meta")).isFalse();
        write(from, "STOP");
        assertThat(send("main", to, null).statusCode()).isEqualTo(200);
    }

    @Test
    void theAnsweredNumberIsKnownHoweverItIsWritten() throws Exception {
        String earlier = newId();
        String later = newId();
        for (String[] each : new String[][] {{earlier, "+44 7860 000099"}, {later, "447860000098"}}) {
            assertThat(bridge.post("/sms/send/main", JSON.createObjectNode().put("to", "447700900420").put("text", "Hi").put("messageId", each[0])
                    .put("sender", each[1]).toString()).statusCode()).isEqualTo(200);
            await().untilAsserted(() -> assertThat(bridge.get("/sms/messages/" + each[0]).body()).contains("\"state\":\"sent\""));
        }
        String id = newId();
        bridge.post("/infobip/inbound-messages/main", "{\"results\": [{\"messageId\": \"" + id
                + "\", \"from\": \"447700900420\", \"to\": \"00447860000099\", \"text\": \"Hi\"}]}");
        await().until(() -> downstream.items("/events").stream().anyMatch(event -> event.get("messageId").asText().equals(id)));
        assertThat(downstream.items("/events").stream().filter(event -> event.get("messageId").asText().equals(id))).first()
                .satisfies(event -> assertThat(event.path("meta").asText()).isEqualTo(earlier));
    }

    @Test
    void eventsNameThePersonInOneForm() throws Exception {
        assertThat(write("\u202a+44 7700 900430\u202c", "Hi").get("from").asText()).isEqualTo("447700900430");
        assertThat(write("Shop", "Hi").get("from").asText()).isEqualTo("Shop");
        assertThat(write("60123", "Hi").get("from").asText()).isEqualTo("60123");
        String id = newId();
        bridge.post("/infobip/clicks/main", "{\"messageId\": \"" + id + "\", \"url\": \"https://example.com/\", \"recipient\": \"+44 7700 900431\"}");
        bridge.post("/infobip/delivery-reports/main", "{\"results\": [{\"messageId\": \"" + id
                + "\", \"to\": \"00447700900431\", \"status\": {\"groupId\": 3, \"groupName\": \"DELIVERED\", \"id\": 5}}]}");
        await().until(() -> downstream.items("/events").stream().filter(event -> event.get("messageId").asText().equals(id)).count() == 2);
        assertThat(downstream.items("/events").stream().filter(event -> event.get("messageId").asText().equals(id)))
                .allSatisfy(event -> assertThat(event.get("to").asText()).isEqualTo("447700900431"));
    }
}
