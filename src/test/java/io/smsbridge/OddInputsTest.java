package io.smsbridge;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static io.smsbridge.TestBridge.JSON;
import static io.smsbridge.TestBridge.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is odd in one element, in one field or in one edited map: it is told as well as it can be read, and nothing beside it is lost. */
class OddInputsTest {

    /** Fails, in whatever map it stands. */
    private static final String BOOM = "size(7)";

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
                sms.default-account=main
                downstream.log.url=%1$s/log
                downstream.log.format=log
                downstream.log.events=sent,delivered,failed,replied,clicked
                downstream.own.url=%1$s/own
                downstream.own.format=own
                downstream.clevertap.url=%1$s/clevertap
                downstream.clevertap.format=clevertap
                """.formatted(downstream.url(), infobip.url()),
                "log.jslt", ".",
                "own.jslt", "[for (.) if (.text == \"own boom\") " + BOOM + " else .]",
                "inbound-messages.jslt", edited("inbound-messages", "\"type\": \"replied\"", "\"type\": if ($r.text == \"boom\") " + BOOM + " else \"replied\""),
                "clicks.jslt", edited("clicks", "\"time\":", "\"time\": if ($r.url == \"https://example.com/odd\") \"yesterday\" else"),
                "infobip-request.jslt", edited("infobip-request", "\"text\":", "\"text\": if ($r.text == \"boom\") " + BOOM + " else"));
    }

    @AfterAll
    static void stop() {
        bridge.close();
        downstream.close();
        infobip.close();
    }

    @BeforeEach
    void forget() throws Exception {
        bridge.manage("DELETE", "/dead-letters?all=true", "");
        downstream.takeAll();
        infobip.acceptAll();
    }

    /** One of the maps as a team could have edited it. */
    private static String edited(String map, String part, String changed) throws Exception {
        String text = Files.readString(Path.of("routes/maps/" + map + ".jslt"));
        assertThat(text).contains(part);
        return text.replace(part, changed);
    }

    private static void webhook(String kind, String... elements) throws Exception {
        assertThat(bridge.post("/infobip/" + kind + "/main", "{\"results\": [" + String.join(",", elements) + "]}").statusCode()).isEqualTo(200);
    }

    private static String reply(String id, String text) {
        return "{\"messageId\": \"" + id + "\", \"from\": \"447700900123\", \"to\": \"447860000000\", \"callbackData\": \"c\", \"text\": " + text + "}";
    }

    private static List<JsonNode> told(String path, int count) {
        return await().until(() -> downstream.items(path), items -> items.size() == count);
    }

    private static List<String> texts(List<JsonNode> events) {
        return events.stream().map(event -> event.path("text").asText()).sorted().toList();
    }

    private static List<JsonNode> deadLetters(int count) {
        return await().until(() -> {
            List<JsonNode> letters = new ArrayList<>();
            for (JsonNode letter : JSON.readTree(bridge.manage("GET", "/dead-letters", "").body()).get("letters")) {
                letters.add(JSON.readTree(bridge.manage("GET", "/dead-letters/" + letter.get("id").asText(), "").body()));
            }
            return letters;
        }, letters -> letters.size() == count);
    }

    // Values

    @Test
    void aReplyWhoseTextIsANumberIsToldWithItsNeighbours() throws Exception {
        String id = newId();
        // What CleverTap is told of a reply needs the message that it answers.
        bridge.send("main", "{\"to\": \"447700900123\", \"text\": \"Hi\", \"sender\": \"447860000000\", \"mid\": \"" + id + "\"}");
        told("/log", 1);
        webhook("inbound-messages", reply(newId(), "\"one\""), reply(newId(), "482913"), reply(newId(), "\"three\""));
        assertThat(texts(told("/log", 4))).containsExactly("", "482913", "one", "three");
        List<JsonNode> data = await().until(() -> downstream.items("/clevertap").stream().flatMap(item -> {
            List<JsonNode> all = new ArrayList<>();
            item.get("data").forEach(all::add);
            return all.stream();
        }).toList(), all -> all.size() == 3);
        assertThat(data).extracting(one -> one.get("incomingText").asText()).containsExactlyInAnyOrder("one", "482913", "three");
        assertThat(data).allSatisfy(one -> {
            assertThat(one.get("incomingText").isTextual()).isTrue();
            assertThat(one.get("meta").asText()).isEqualTo(id);
        });
        deadLetters(0);
    }

    @Test
    void reportsWhoseIdsAreTextAreToldWithTheirNeighbours() throws Exception {
        Stream<String> errors = Stream.of("{\"groupId\": 0, \"id\": 0}", "{\"groupId\": \"0\", \"id\": \"0\", \"description\": \"No Error\"}", "\"none\"", "[]",
                "{\"id\": {}, \"name\": 7}", "{\"groupId\": 99999999999999999999, \"id\": 1e400}");
        webhook("delivery-reports", errors.map(error -> "{\"messageId\": \"" + newId() + "\", \"callbackData\": \"c\", \"status\": {\"groupId\": \"3\", \"id\": \"5\","
                + " \"description\": \"Delivered\"}, \"error\": " + error + ", \"messageCount\": \"2\", \"price\": 7, \"bulkId\": 12}").toArray(String[]::new));
        assertThat(told("/log", 6)).allSatisfy(event -> {
            assertThat(event.get("type").asText()).isEqualTo("delivered");
            assertThat(event.at("/status/groupId")).isEqualTo(JSON.readTree("3"));
            assertThat(event.get("parts")).isEqualTo(JSON.readTree("2"));
            assertThat(event.get("bulkId")).isEqualTo(JSON.readTree("\"12\""));
            assertThat(event.has("price")).isFalse();
        });
        await().until(() -> downstream.bodies("/clevertap").stream().mapToInt(body -> body.findValues("ts").size()).sum() == 6);
        assertThat(downstream.bodies("/clevertap").get(0).findValuesAsText("description")).containsOnly("Delivered");
        deadLetters(0);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {"3, delivered", "\"3\", delivered", "\" 3 \", delivered", "3.0, delivered", "\"3.0\", delivered", "\"2\", failed",
        "\"5\", failed", "\"1\", sent"})
    void aNumberIsReadHoweverItIsWritten(String group, String type) throws Exception {
        webhook("delivery-reports", "{\"messageId\": \"" + newId() + "\", \"status\": {\"groupId\": " + group + ", \"id\": \"9\"}, \"smsCount\": \"2\","
                + " \"error\": {\"groupId\": \"3\", \"id\": \"4129\"}, \"price\": {\"pricePerMessage\": \"0.01\", \"currency\": \"EUR\"}}");
        JsonNode event = told("/log", 1).get(0);
        assertThat(event.get("type").asText()).isEqualTo(type);
        assertThat(event.at("/status/groupId").isInt()).isTrue();
        assertThat(event.at("/status/id")).isEqualTo(JSON.readTree("9"));
        assertThat(event.at("/error/id")).isEqualTo(JSON.readTree("4129"));
        assertThat(event.get("parts")).isEqualTo(JSON.readTree("2"));
        assertThat(event.get("price")).isEqualTo(JSON.readTree("{\"pricePerMessage\": 0.01, \"currency\": \"EUR\"}"));
        if (type.equals("failed")) {
            assertThat(event.get("failureCode").asText()).isEqualTo("908");
        }
        webhook("inbound-messages", "{\"messageId\": \"" + newId() + "\", \"from\": \"447700900123\", \"smsCount\": \"2\", \"price\": {\"pricePerMessage\": \"0\"}}");
        JsonNode reply = told("/log", 2).get(1);
        assertThat(reply.get("parts")).isEqualTo(JSON.readTree("2"));
        assertThat(reply.at("/price/pricePerMessage")).isEqualTo(JSON.readTree("0"));
    }

    @ParameterizedTest
    @CsvSource({"5.52 as text, failed, 910", "5.23 as text, sent,", "1.26 as text, sent,"})
    void aNumberInAnAnswerToASendIsReadHoweverItIsWritten(String status, String type, String code) throws Exception {
        bridge.send("main", "{\"to\": \"447700900123\", \"text\": \"status=" + status + "\"}");
        JsonNode event = told("/log", 1).get(0);
        assertThat(event.get("type").asText()).isEqualTo(type);
        assertThat(event.path("failureCode").asText(null)).isEqualTo(code);
        assertThat(event.at("/status/groupId").isInt()).isTrue();
    }

    @Test
    void whatADownstreamGivesBackIsFoundHoweverItsNumbersAreWritten() throws Exception {
        String id = "7" + System.nanoTime();
        downstream.answers("/clevertap", aResponse().withBody("{\"unprocessed\": [{\"error\": \"no\", \"record\": {\"meta\": " + id + ", \"ts\": \"1795428000\"}}]}"));
        webhook("delivery-reports", "{\"messageId\": \"" + newId() + "\", \"callbackData\": \"" + id + "\", \"doneAt\": \"2026-11-23T10:00:00.000Z\", \"status\": {\"groupId\": 3}}");
        JsonNode letter = deadLetters(1).get(0);
        assertThat(letter.at("/payload/0/meta").asText()).isEqualTo(id);
        assertThat(letter.at("/payload/0/type").asText()).isEqualTo("delivered");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1767225600123456", "1767225600", "-1", "99999999999999999999999", "1e300", "\"soon\"", "{}", "true", "\"\"", "null",
        "4102444800000", "\"+999999999-01-01T00:00:00Z\"", "\"0001-01-01T00:00:00Z\"", "\"1970-01-01T00:00:00Z\""})
    void aTimeThatCannotBeIsTheTimeOfArrival(String time) throws Exception {
        Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        String id = newId();
        webhook("clicks", "{\"messageId\": \"" + id + "1\", \"url\": \"https://example.com/\", \"sendDateTime\": " + time + "}",
                "{\"messageId\": \"" + id + "2\", \"url\": \"https://example.com/\", \"sendDateTime\": 1767225600123}");
        webhook("delivery-reports", "{\"messageId\": \"" + id + "3\", \"status\": {\"groupId\": 3}, \"doneAt\": " + time + ", \"sentAt\": " + time + "}");
        webhook("inbound-messages", "{\"messageId\": \"" + id + "4\", \"from\": \"447700900123\", \"receivedAt\": " + time + "}");
        assertThat(told("/log", 4)).allSatisfy(event -> {
            Instant at = Instant.parse(event.get("time").asText());
            if (event.get("messageId").asText().endsWith("2")) {
                assertThat(at).isEqualTo("2026-01-01T00:00:00.123Z");
            } else {
                assertThat(at).isBetween(before, Instant.now());
                assertThat(event.has("sentAt")).isFalse();
            }
        });
        deadLetters(0);
    }

    @ParameterizedTest
    @CsvSource({"1767225600123, 2026-01-01T00:00:00.123Z", "\"1767225600123\", 2026-01-01T00:00:00.123Z",
        "\"2026-01-01T05:30:00.000+0530\", 2026-01-01T00:00:00Z"})
    void aClicksTimeIsReadHoweverItIsWritten(String time, Instant at) throws Exception {
        webhook("clicks", "{\"messageId\": \"" + newId() + "\", \"url\": \"https://example.com/\", \"sendDateTime\": " + time + "}");
        assertThat(Instant.parse(told("/log", 1).get(0).get("time").asText())).isEqualTo(at);
    }

    @Test
    void fieldsOfTheWrongKindAreReadAsTextOrLeftOut() throws Exception {
        webhook("inbound-messages", """
                {"messageId": 17, "from": 447700900777, "to": 447860000000.0, "text": true, "cleanText": {"a": 1}, "keyword": 5, "smsCount": "many",
                 "price": "free", "callbackData": [1], "entityId": 7}""");
        assertThat(told("/log", 1).get(0)).isEqualTo(JSON.readTree("""
                {"id": "17:replied", "type": "replied", "time": "%s", "account": "main", "messageId": "17", "from": "447700900777", "to": "447860000000",
                 "text": "true", "infobipKeyword": "5", "entityId": "7"}""".formatted(downstream.items("/log").get(0).get("time").asText())));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "delivery-reports | {\"messageId\": {}, \"status\": {\"groupId\": 3}} | {\"messageId\": \"m\", \"status\": {\"groupId\": \"three\"}}",
        "inbound-messages | {\"from\": [\"447700900123\"]} | {\"text\": {}}",
        "clicks | {\"messageId\": \"m\", \"url\": 7} | {\"messageId\": [], \"url\": \"https://example.com/\"}"})
    void whatSaysTooLittleIsADeadLetterAndTheRestIsTold(String kind, String odd, String other) throws Exception {
        String id = newId();
        webhook(kind, odd, "{\"messageId\": \"" + id + "\", \"from\": \"447700900123\", \"url\": \"https://example.com/\", \"status\": {\"groupId\": 3}}", other);
        assertThat(told("/log", 1).get(0).get("messageId").asText()).isEqualTo(id);
        assertThat(deadLetters(2)).extracting(letter -> letter.get("payload")).containsExactlyInAnyOrder(JSON.readTree(odd), JSON.readTree(other));
    }

    @Test
    void aWebhookThatIsAnArrayIsReadLikeAnyOther() throws Exception {
        assertThat(bridge.post("/infobip/inbound-messages/main", "[" + reply(newId(), "\"one\"") + "," + reply(newId(), "\"two\"") + "]").statusCode()).isEqualTo(200);
        assertThat(texts(told("/log", 2))).containsExactly("one", "two");
    }

    /** Each field of a request with each odd value, all in one batch: refused by the field's name, or sent, and the good one in any case. */
    @Test
    void noValueInARequestSpoilsItsNeighbours() throws Exception {
        List<String> fields = List.of("to", "text", "messageId", "sender", "templateId", "principalEntityId", "recipientType", "brandCode",
                "validityPeriod", "sendAt", "sendBefore", "priority", "flash", "transliteration", "languageCode", "campaignReferenceId", "entityId",
                "applicationId", "shortenUrl", "trackClicks", "notify");
        List<String> values = List.of("{}", "[]", "[1]", "true", "0", "-1", "1.5", "1e300", "99999999999999999999", "\" \"", "\"\\u0000\"", "\"\\ud83d\"",
                "\"+999999999-01-01T00:00:00Z\"", "\"0000-01-01T00:00:00Z\"", "{\"amount\": 2147483647, \"timeUnit\": \"HOURS\"}", "{\"amount\": \"1\", \"timeUnit\": {}}");
        List<String> records = new ArrayList<>(List.of("{\"to\": \"447700900123\", \"text\": \"good\"}"));
        for (String field : fields) {
            for (String value : values) {
                records.add(field.equals("to") ? "{\"to\": " + value + ", \"text\": \"odd\"}" : field.equals("text")
                        ? "{\"to\": \"447700900123\", \"text\": " + value + "}"
                        : "{\"to\": \"447700900123\", \"text\": \"odd\", \"" + field + "\": " + value + "}");
            }
        }
        JsonNode answer = bridge.send("main", "{\"messages\": [" + String.join(",", records) + "]}");
        assertThat(answer.get("messages").size() + answer.get("rejected").size()).isEqualTo(records.size());
        for (JsonNode rejected : answer.get("rejected")) {
            String field = fields.get((rejected.get("index").asInt() - 1) / values.size());
            assertThat(rejected.get("reason").asText()).as(records.get(rejected.get("index").asInt())).contains(field + ": ");
        }
        List<String> accepted = answer.get("messages").findValuesAsText("messageId");
        await().untilAsserted(() -> assertThat(infobip.messageIds()).containsExactlyInAnyOrderElementsOf(accepted));
        deadLetters(0);
    }

    // Maps that were edited

    @Test
    void whereAMapFailsOnOneElementTheOthersAreTold() throws Exception {
        webhook("inbound-messages", reply(newId(), "\"one\""), reply(newId(), "\"boom\""), reply(newId(), "\"three\""));
        assertThat(texts(told("/log", 2))).containsExactly("one", "three");
        JsonNode letter = deadLetters(1).get(0);
        assertThat(letter.get("queue").asText()).isEqualTo("webhooks.inbound-messages");
        assertThat(letter.get("reason").asText()).contains("size() cannot work on 7");
        assertThat(letter.at("/payload/text").asText()).isEqualTo("boom");
        assertThat(letter.get("account").asText()).isEqualTo("main");
    }

    @Test
    void anEventThatNoLaterStepCouldReadIsADeadLetter() throws Exception {
        String click = "{\"messageId\": \"%s\", \"url\": \"https://example.com/%s\"}";
        webhook("clicks", click.formatted(newId(), "one"), click.formatted(newId(), "odd"), click.formatted(newId(), "three"));
        assertThat(told("/log", 2)).extracting(event -> event.get("url").asText())
                .containsExactlyInAnyOrder("https://example.com/one", "https://example.com/three");
        JsonNode letter = deadLetters(1).get(0);
        assertThat(letter.get("reason").asText()).isEqualTo("the map made an event whose time is yesterday, and not a time such as 2026-11-23T10:00:00.000Z");
        assertThat(letter.at("/payload/url").asText()).isEqualTo("https://example.com/odd");
    }

    @Test
    void whereADownstreamsOwnMapFailsOnOneEventItIsToldTheOthers() throws Exception {
        webhook("inbound-messages", Stream.of("one", "two", "own boom", "four", "five").map(text -> reply(newId(), "\"" + text + "\"")).toArray(String[]::new));
        assertThat(texts(told("/own", 4))).containsExactly("five", "four", "one", "two");
        assertThat(texts(told("/log", 5))).hasSize(5);
        JsonNode letter = deadLetters(1).get(0);
        assertThat(letter.get("queue").asText()).isEqualTo("events.own");
        assertThat(letter.get("reason").asText()).startsWith("the map own.jslt fails: ").contains("size() cannot work on 7");
        assertThat(letter.at("/payload/0/text").asText()).isEqualTo("own boom");
        assertThat(letter.get("payload")).hasSize(1);
    }

    @Test
    void whereTheMapOfACallFailsOnOneRecipientTheOthersAreSent() throws Exception {
        String failing = newId();
        bridge.send("main", "{\"messages\": [{\"to\": \"447700900121\", \"text\": \"one\"}, {\"to\": \"447700900122\", \"text\": \"boom\", \"mid\": \"" + failing
                + "\"}, {\"to\": \"447700900123\", \"text\": \"three\"}]}");
        await().until(() -> infobip.messageIds().size() == 2);
        assertThat(infobip.calls().stream().flatMap(call -> call.findValuesAsText("text").stream()).collect(Collectors.toSet())).containsExactlyInAnyOrder("one", "three");
        JsonNode failed = told("/log", 3).stream().filter(event -> event.get("type").asText().equals("failed")).findFirst().orElseThrow();
        assertThat(failed.get("meta").asText()).isEqualTo(failing);
        assertThat(failed.at("/status/description").asText()).startsWith("the map infobip-request.jslt fails: ");
        assertThat(deadLetters(1).get(0).at("/payload/0/to").asText()).isEqualTo("447700900122");
    }

    // Cuts

    @ParameterizedTest
    @CsvSource({"511, \uD83D\uDE00, 511", "510, \uD83D\uDE00, 512", "510, \uD83D\uDE00\uD83D\uDE00, 512", "511, \u0928\u093f, 511", "512, e\u0301, 512"})
    void aReplyIsCutBetweenCharacters(int letters, String last, int length) throws Exception {
        String text = "x".repeat(letters) + last;
        bridge.send("main", "{\"to\": \"447700900123\", \"text\": \"Hi\", \"sender\": \"447860000000\", \"mid\": \"" + newId() + "\"}");
        told("/log", 1);
        webhook("inbound-messages", reply(newId(), JSON.writeValueAsString(text)));
        assertThat(told("/log", 2).get(1).get("text").asText()).isEqualTo(text);
        await().until(() -> downstream.bodies("/clevertap").size() == 1);
        assertThat(downstream.bodies("/clevertap").get(0).at("/0/data/0/incomingText").asText()).isEqualTo(text.substring(0, length)).doesNotContain("?");
    }

    @Test
    void whatADownstreamSaysIsCutBetweenCharacters() throws Exception {
        downstream.answers("/own", aResponse().withStatus(404).withHeader("Content-Type", "text/plain; charset=utf-8")
                .withBody("x".repeat(499) + "\uD83D\uDE00 and more"));
        webhook("inbound-messages", reply(newId(), "\"one\""));
        assertThat(deadLetters(1).get(0).get("reason").asText()).isEqualTo("HTTP 404 " + "x".repeat(499));
    }
}
