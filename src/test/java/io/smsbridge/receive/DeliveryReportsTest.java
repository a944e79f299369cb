package io.smsbridge.receive;

import static io.smsbridge.TestBridge.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** POST /infobip/delivery-reports: what is taken, what event each report becomes, and what CleverTap is told of it. */
@Tag("quick")
class DeliveryReportsTest {

    @TempDir
    static Path home;
    static ScriptedDownstream downstream;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        downstream = new ScriptedDownstream();
        bridge = new TestBridge(home, """
                account.main.baseUrl=http://localhost:1
                account.main.apiKey=k
                sms.default-account=main
                downstream.events.url=%1$s/events
                downstream.events.format=events
                downstream.events.events=sent,delivered,failed
                downstream.events.itemsPerPost=2000
                downstream.clevertap.url=%1$s/clevertap
                downstream.clevertap.format=clevertap
                """.formatted(downstream.url()), "events.jslt", "// with raw\n.");
    }

    @AfterAll
    static void stop() {
        bridge.close();
        downstream.close();
    }

    @BeforeEach
    void forget() {
        bridge.awaitIdle();
        downstream.takeAll();
    }

    private static HttpResponse<String> report(String body) throws Exception {
        HttpResponse<String> response = bridge.post("/infobip/delivery-reports/main", body, "Content-Type", "application/json");
        assertThat(response.statusCode()).isEqualTo(200);
        return response;
    }

    private static List<JsonNode> events(int count) {
        await().until(() -> downstream.items("/events").size() == count);
        return downstream.items("/events");
    }

    private static String result(String messageId, String fields) {
        return "{\"messageId\": \"" + messageId + "\", " + fields + "}";
    }

    @Test
    void aReportInV3ShapeBecomesAnEvent() throws Exception {
        String result = """
                {"bulkId": "b1", "messageId": "m1", "to": "447700900123", "sender": "Shop",
                 "price": {"pricePerMessage": 0.0125, "currency": "EUR"},
                 "status": {"groupId": 3, "groupName": "DELIVERED", "id": 5, "name": "DELIVERED_TO_HANDSET", "description": "On the phone"},
                 "error": {"groupId": 0, "groupName": "OK", "id": 0, "name": "NO_ERROR", "description": "No Error", "permanent": false},
                 "sentAt": "2026-11-23T10:00:00.000+0000", "doneAt": "2026-11-23T12:00:05.250+0200", "messageCount": 2,
                 "mccMnc": "23410", "callbackData": "447700900123.7.x.-1.", "platform": {"entityId": "e"},
                 "campaignReferenceId": "spring", "newInTheFuture": {"a": [1]}}""";
        report("{\"results\": [" + result + "]}");

        JsonNode event = events(1).get(0);
        assertThat(event).isEqualTo(JSON.readTree("""
                {"id": "m1:delivered", "type": "delivered", "time": "2026-11-23T10:00:05.250Z", "sentAt": "2026-11-23T10:00:00.000Z",
                 "account": "main", "messageId": "m1", "bulkId": "b1", "meta": "447700900123.7.x.-1.", "from": "Shop",
                 "to": "447700900123",
                 "status": {"groupId": 3, "groupName": "DELIVERED", "id": 5, "name": "DELIVERED_TO_HANDSET", "description": "On the phone"},
                 "error": {"groupId": 0, "groupName": "OK", "id": 0, "name": "NO_ERROR", "description": "No Error", "permanent": false},
                 "parts": 2, "price": {"pricePerMessage": 0.0125, "currency": "EUR"}, "campaignReferenceId": "spring",
                 "raw": %s}""".formatted(result)));
    }

    /** What a database could refuse: NUL, half a character, more than an index takes, and next to nothing. */
    @Test
    void whateverAReportHoldsIsRecordedOnce() throws Exception {
        String many = "\uD83D\uDC4D".repeat(300);
        String delivered = "\"status\": {\"groupId\": 3}";
        String odd = "{\"results\": [" + String.join(",",
                result("nul-\\u0000-1", delivered + ", \"callbackData\": \"a\\u0000b\", \"to\": \"\\u0000\", \"bulkId\": \"\\u0000\""),
                result("half-\\ud83d", delivered + ", \"callbackData\": \"\\ude00\", \"to\": 447700900123"),
                result("x" + many, delivered + ", \"callbackData\": \"" + many + "\", \"to\": \"y" + many + "\", \"sender\": \"" + many + "\""),
                result("\\u0000", delivered),
                result("under-\\ud83d", "\"status\": {\"groupId\": 1, \"name\": \"\\u0000\"}")) + "]}";
        report(odd);
        assertThat(events(5)).extracting(event -> event.path("meta").asText())
                .containsExactly("a\0b", "?", many, "", "");
        report(odd);
        report("{\"results\": [" + result("last", delivered) + "]}");
        assertThat(events(6).get(5).get("messageId").asText()).isEqualTo("last");
    }

    @Test
    void aReportInV2ShapeBecomesTheSameEvent() throws Exception {
        report("""
                {"results": [{"bulkId": "b1", "messageId": "m2", "to": "447700900123", "from": "Shop",
                 "sentAt": "2026-11-23T10:00:00.000+0100", "doneAt": "2026-11-23T10:00:05.000+0100", "smsCount": 3,
                 "status": {"groupName": "Undeliverable", "id": 9, "name": "UNDELIVERABLE_NOT_DELIVERED"},
                 "error": {"groupId": 1, "groupName": "Handset", "id": 33, "permanent": "false"}, "callbackData": "c"}]}""");
        JsonNode event = events(1).get(0);
        assertThat(event.get("type").asText()).isEqualTo("failed");
        assertThat(event.get("from").asText()).isEqualTo("Shop");
        assertThat(event.get("parts").asInt()).isEqualTo(3);
        assertThat(event.get("time").asText()).isEqualTo("2026-11-23T09:00:05.000Z");
        assertThat(event.get("failureCode").asText()).isEqualTo("912");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-23T10:00:00.000+0000, 2026-11-23T10:00:00.000Z", "2026-11-23T10:00:00+0530, 2026-11-23T04:30:00.000Z",
        "2026-11-23T10:00:00.0+0100, 2026-11-23T09:00:00.000Z", "2026-11-23T10:00:00.123456789Z, 2026-11-23T10:00:00.123Z",
        "2026-11-23T10:00:00.5+05:30, 2026-11-23T04:30:00.500Z", "2026-11-23T10:00:00-08, 2026-11-23T18:00:00.000Z"})
    void readsTimesAsTheyAreWritten(String doneAt, String time) throws Exception {
        report("{\"results\": [" + result(TestBridge.newId(), "\"status\": {\"groupId\": 3, \"id\": 5}, \"doneAt\": \"" + doneAt + "\"") + "]}");
        assertThat(events(1).get(0).get("time").asText()).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"doneAt\": \"yesterday\"", "\"doneAt\": null", "\"doneAt\": \"2026-11-23T10:00:00\"", "\"doneAt\": 5"})
    void takesTheTimeOfReceiptWhereTheReportsCannotBeRead(String doneAt) throws Exception {
        Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        report("{\"results\": [" + result(TestBridge.newId(), "\"status\": {\"groupId\": 3, \"id\": 5}, " + doneAt) + "]}");
        assertThat(Instant.parse(events(1).get(0).get("time").asText())).isBetween(before, Instant.now());
    }

    @ParameterizedTest
    @CsvSource({"0, 0, sent", "1, 26, sent", "2, 9, failed", "3, 2, delivered", "3, 999, delivered", "4, 15, failed", "4, 87, failed",
        "5, 12, failed", "5, 87, failed", "17, 4, sent"})
    void theGroupDecidesWhatKindOfEventItIs(int group, int id, String type) throws Exception {
        report("{\"results\": [" + result(TestBridge.newId(), "\"status\": {\"groupId\": " + group + ", \"id\": " + id + "}") + "]}");
        assertThat(events(1).get(0).get("type").asText()).isEqualTo(type);
    }

    @Test
    void takesTwoThousandReportsInOnePost() throws Exception {
        report(IntStream.range(0, 2000).mapToObj(i -> result("many" + i, "\"callbackData\": \"c" + i
                        + "\", \"status\": {\"groupId\": 3, \"id\": 5, \"description\": \"" + "d".repeat(300) + "\"}"))
                .collect(Collectors.joining(",", "{\"results\": [", "]}")));
        events(2000);
        await().until(() -> downstream.posts("/clevertap").size() == 20);
        assertThat(downstream.bodies("/clevertap").stream().flatMap(body -> body.findValuesAsText("meta").stream()))
                .hasSize(2000).doesNotHaveDuplicates();
    }

    @Test
    void oneBadElementDoesNotSpoilTheRest() throws Exception {
        report("""
                {"results": [{"messageId": "good1", "status": {"groupId": 3, "id": 5}}, "text", {"status": {"groupId": 3}},
                             {"messageId": "no status"}, null, {"messageId": "good2", "status": {"groupId": 2, "id": 9}}]}""");
        assertThat(events(2)).extracting(event -> event.get("messageId").asText()).containsExactly("good1", "good2");
        List<String> parked = new java.util.ArrayList<>();
        for (int i = 0; i < 4; i++) {
            JsonNode letter = bridge.takeLetter("webhooks.delivery-reports");
            assertThat(letter.get("reason").asText()).startsWith("not readable as one of delivery-reports");
            parked.add(letter.get("payload").toString());
        }
        assertThat(parked).containsExactlyInAnyOrder("\"text\"", "{\"status\":{\"groupId\":3}}", "{\"messageId\":\"no status\"}", "null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"not JSON", "{\"results\": [{\"messageId\": \"cut off", "<results/>"})
    void whatIsNoJsonIsKeptWithItsText(String body) throws Exception {
        report(body);
        JsonNode letter = bridge.takeLetter("webhooks.delivery-reports");
        assertThat(letter.get("payload").asText()).isEqualTo(body);
        assertThat(letter.get("reason").asText()).isNotBlank();
        assertThat(letter.get("account").asText()).isEqualTo("main");
    }

    @Test
    void refusesWhatCannotBeAWebhook() throws Exception {
        assertThat(bridge.post("/infobip/delivery-reports/main", "").statusCode()).isEqualTo(400);
        assertThat(bridge.post("/infobip/delivery-reports/main", "a=b", "Content-Type", "application/x-www-form-urlencoded").body())
                .contains("send Content-Type: application/json");
        assertThat(bridge.get("/infobip/delivery-reports/main").statusCode()).isEqualTo(405);
    }

    @Test
    void aPathWithoutAnAccountIsTaken() throws Exception {
        assertThat(bridge.post("/infobip/delivery-reports", "{\"results\": ["
                + result("p", "\"status\": {\"groupId\": 3, \"id\": 5}") + "]}").statusCode()).isEqualTo(200);
        assertThat(events(1).get(0).has("account")).isFalse();
    }

    @Test
    void cleverTapGetsItsPublishedCallback() throws Exception {
        report("""
                {"results": [
                 {"messageId": "1", "callbackData": "m1.", "doneAt": "2026-01-01T00:00:00.900+0000",
                  "status": {"groupId": 3, "id": 5, "description": "Delivered"}, "error": {"groupId": 0, "id": 0, "description": "No Error"}},
                 {"messageId": "2", "callbackData": "m2.", "doneAt": "2026-01-01T00:00:01.000+0000",
                  "status": {"groupId": 2, "id": 9, "description": "Not delivered"}, "error": {"groupId": 1, "id": 1, "description": "Unknown Subscriber"}},
                 {"messageId": "3", "callbackData": "m3.", "doneAt": "2026-01-01T00:00:02.000+0000",
                  "status": {"groupId": 1, "id": 7, "description": "On its way"}},
                 {"messageId": "4", "doneAt": "2026-01-01T00:00:03.000+0000", "status": {"groupId": 3, "id": 5}},
                 {"messageId": "5", "callbackData": "m5.", "doneAt": "2026-01-01T00:00:04.000+0000",
                  "status": {"groupId": 4, "id": 15, "description": "Expired"}, "error": {"groupId": 0, "id": 0}},
                 {"messageId": "6", "callbackData": "m6.", "doneAt": "2026-01-01T00:00:05.000+0000", "status": {"groupId": 3, "id": 2}}]}""");
        await().until(() -> downstream.posts("/clevertap").size() == 1);
        assertThat(downstream.bodies("/clevertap").get(0)).isEqualTo(JSON.readTree("""
                [{"event": "delivered", "data": [{"ts": 1767225600, "meta": "m1.", "description": "Delivered"},
                                                 {"ts": 1767225605, "meta": "m6.", "description": "delivered"}]},
                 {"event": "failed", "data": [{"ts": 1767225601, "meta": "m2.", "code": "910", "description": "Unknown Subscriber"},
                                              {"ts": 1767225604, "meta": "m5.", "code": "916", "description": "Expired"}]}]"""));
        var post = downstream.posts("/clevertap").get(0);
        assertThat(post.getHeader("Content-Type")).isEqualTo("application/json");
        assertThat(post.getMethod().getName()).isEqualTo("POST");
    }

    @Test
    void aWebhookOfWhichCleverTapWantsNothingIsNotPosted() throws Exception {
        report("{\"results\": [" + result(TestBridge.newId(), "\"status\": {\"groupId\": 3, \"id\": 5}") + "]}");
        events(1);
        await().until(() -> bridge.waiting("events.clevertap") == 0);
        assertThat(downstream.posts("/clevertap")).isEmpty();
    }

    static List<Map<String, String>> codes() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("src/test/resources/infobip-codes.csv"))) {
            return lines.skip(1).map(line -> line.split(",", -1)).map(row -> Map.of(
                    "kind", row[0], "group", row[1].isEmpty() ? "3" : row[1], "id", row[3], "name", row[4])).toList();
        }
    }

    /** Every status and error of Infobip's stands in the table, and gets the code that the table gives it. */
    @Test
    void everyCodeOfInfobipHasACodeOfCleverTap() throws Exception {
        Map<String, String> table = Arrays.stream(Files.readString(Path.of("routes/maps/failure-codes.jslt")).split("\n"))
                .map(line -> line.split("[\":,/ ]+")).filter(parts -> parts.length == 4)
                .collect(Collectors.toMap(parts -> parts[3] + " " + parts[1], parts -> parts[2]));
        List<Map<String, String>> failing = codes().stream().filter(row -> !row.get("kind").equals("status")
                ? !row.get("id").equals("0") : !List.of("1", "3").contains(row.get("group"))).toList();
        report(failing.stream().map(row -> result(TestBridge.newId(), "\"callbackData\": \"" + row.get("name")
                + "\", \"status\": {\"groupId\": " + (row.get("kind").equals("status") ? row.get("group") : 2)
                + ", \"id\": " + (row.get("kind").equals("status") ? row.get("id") : 77) + "}, \"error\": "
                + (row.get("kind").equals("status") ? "null" : "{\"groupId\": " + row.get("group") + ", \"id\": " + row.get("id") + "}")))
                .collect(Collectors.joining(",", "{\"results\": [", "]}")));

        List<JsonNode> events = events(failing.size());
        assertThat(failing).hasSizeGreaterThan(220);
        for (int i = 0; i < failing.size(); i++) {
            Map<String, String> row = failing.get(i);
            String key = row.get("name") + " " + (row.get("kind").equals("dlt-error") ? "" : row.get("group") + ".") + row.get("id");
            assertThat(table).containsKey(key);
            assertThat(events.get(i).get("failureCode").asText()).as(key).isEqualTo(table.get(key));
        }
    }

    @ParameterizedTest
    @CsvSource({"4108, 906", "4110, 907", "4126, 908", "4140, 909", "4141, 919", "4153, 920"})
    void indiaDltErrorsHaveCodesOfTheirOwn(int id, String code) throws Exception {
        report("{\"results\": [" + result(TestBridge.newId(), "\"status\": {\"groupId\": 2, \"id\": 4}, \"error\": {\"groupId\": 3, \"id\": " + id + "}") + "]}");
        assertThat(events(1).get(0).get("failureCode").asText()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({"2, 603, 903", "1, 1, 910", "1, 33, 912", "3, 4098, 916", "2, 4101, 916", "3, 5492, 918", "9, 12345, 900"})
    void errorsAreTakenByGroupAndId(int group, int id, String code) throws Exception {
        report("{\"results\": [" + result(TestBridge.newId(), "\"status\": {\"groupId\": 2, \"id\": 4}, \"error\": {\"groupId\": " + group + ", \"id\": "
                + id + "}") + "]}");
        assertThat(events(1).get(0).get("failureCode").asText()).isEqualTo(code);
    }
}
