package io.smsbridge.fuzz;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Valid inputs, which odd ones are made of. NUMBER stands for the number of the input, so that ids are new ones. */
public final class Samples {

    private static final ObjectMapper JSON = new ObjectMapper();

    public static final List<JsonNode> SENDS = read(
            """
            {"to": "447700900123", "text": "Hello", "messageId": "NUMBER"}""",
            """
            {"messages": [{"to": "+44 7700 900123", "text": "One", "messageId": "NUMBER-1", "sender": "Brand"}, {"to": "919876543210", "text": "Two",
             "principalEntityId": "1101000000000000001", "templateId": "1107161234567890123"}], "validityPeriod": 60, "priority": "high", "sendAt": "2026-12-01T09:00:00Z"}""",
            """
            {"to": "905321234567", "text": "Merhaba", "recipientType": "BIREYSEL", "brandCode": 12, "flash": false, "transliteration": "TURKISH", "languageCode": "TR",
             "validityPeriod": {"amount": 2, "timeUnit": "HOURS"}, "deliveryTimeWindow": {"days": ["MONDAY"], "from": {"hour": 9, "minute": 0}, "to": {"hour": 20, "minute": 0}},
             "sendingSpeedLimit": 60, "campaignReferenceId": "c", "entityId": "e", "applicationId": "a", "shortenUrl": true, "trackClicks": true, "notify": true}""",
            """
            [{"phone": "447700900123", "body": "Hello", "mid": "NUMBER"}, {"phone": "447700900124", "body": "Hello", "sendBefore": "2099-12-01T09:00:00Z"}]""",
            // As CleverTap's generic SMS provider posts.
            """
            {"to": "447700900123", "body": "Hello", "msgId": "NUMBER", "from": "Brand", "PEID": "1101000000000000001", "tid": "1107161234567890123"}""");

    public static final Map<String, List<JsonNode>> ELEMENTS = Map.of(
            "delivery-reports", read(
                    """
                    {"bulkId": "b", "messageId": "NUMBER", "to": "447700900123", "sender": "Brand", "sentAt": "2026-11-24T09:00:00.000+0000", "doneAt": "2026-11-24T09:00:01.000+0000",
                     "messageCount": 1, "price": {"pricePerMessage": 0.01, "currency": "EUR"}, "callbackData": "c", "campaignReferenceId": "r",
                     "status": {"groupId": 3, "groupName": "DELIVERED", "id": 5, "name": "DELIVERED_TO_HANDSET", "description": "Message delivered to handset"},
                     "error": {"groupId": 0, "groupName": "OK", "id": 0, "name": "NO_ERROR", "description": "No Error", "permanent": false}}""",
                    """
                    {"messageId": "NUMBER", "to": "919876543210", "status": {"groupId": 5, "groupName": "REJECTED", "id": 12, "name": "REJECTED_X"},
                     "error": {"groupId": 3, "id": 4108, "name": "EC_SENDER_BLOCKED_BY_DLT"}}""",
                    """
                    {"messageId": "NUMBER", "status": {"groupId": 1, "groupName": "PENDING", "id": 26, "name": "PENDING_ACCEPTED"}}"""),
            "inbound-messages", read(
                    """
                    {"messageId": "NUMBER", "from": "447700900123", "to": "447860000000", "text": "STOP", "cleanText": "STOP", "keyword": "", "receivedAt": "2026-11-24T09:00:00.000+0000",
                     "smsCount": 1, "price": {"pricePerMessage": 0, "currency": "EUR"}, "callbackData": "c", "entityId": "e", "applicationId": "a"}""",
                    """
                    {"messageId": "NUMBER", "sender": "447700900123", "destination": "447860000000", "content": [{"type": "TEXT", "text": "Hello", "cleanText": "Hello"},
                     {"type": "MEDIA", "url": "https://example.com/a.jpg"}], "receivedAt": "2026-11-24T09:00:00.000+0000"}""",
                    """
                    {"messageId": "NUMBER", "from": "447700900123", "to": "447860000000", "message": [{"contentType": "text/plain", "value": "Hello"}]}"""),
            "clicks", read(
                    """
                    {"messageId": "NUMBER", "bulkId": "b", "recipient": "447700900123", "url": "https://example.com/a", "shortUrl": "https://sho.rt/a", "sendDateTime": 1764000000000,
                     "callbackData": "c", "recipientInfo": {"deviceType": "Phone", "os": "Android", "deviceName": "X"}, "geoLocationInfo": {"countryName": "UK", "city": "London"}}"""));

    public static final List<JsonNode> ANSWERS = read(
            """
            {"statusCode": 200, "text": "t", "answer": {"bulkId": "b", "messages": [{"messageId": "m", "status": {"groupId": 1, "groupName": "PENDING", "id": 26, "name": "PENDING_ACCEPTED"},
             "destination": "447700900123", "details": {"messageCount": 1}}]}}""",
            """
            {"statusCode": 400, "text": "t", "answer": {"errorCode": "E400", "description": "Bad", "action": "Mend it", "violations": [{"property": "p", "violation": "v"}], "resources": []}}""",
            """
            {"statusCode": 401, "text": "t", "answer": {"requestError": {"serviceException": {"messageId": "UNAUTHORIZED", "text": "Invalid", "validationErrors": {"a": ["b"]}}}}}""");

    public static final List<JsonNode> UNPROCESSED = read(
            """
            {"status": "success", "unprocessed": [{"record": {"ts": 1764000000, "meta": "c", "description": "d"}, "code": 513, "error": "e"}]}""");

    private Samples() {
    }

    private static List<JsonNode> read(String... json) {
        List<JsonNode> samples = new ArrayList<>();
        for (String one : json) {
            try {
                samples.add(JSON.readTree(one));
            } catch (IOException e) {
                throw new IllegalStateException(one, e);
            }
        }
        return List.copyOf(samples);
    }

    /** The names of all fields that samples and the given spellings have. */
    public static List<String> names(JsonNode spellings) {
        TreeSet<String> names = new TreeSet<>();
        spellings.fieldNames().forEachRemaining(names::add);
        spellings.forEach(all -> all.forEach(spelling -> names.add(spelling.asText())));
        List<JsonNode> samples = new ArrayList<>(SENDS);
        ELEMENTS.values().forEach(samples::addAll);
        samples.addAll(ANSWERS);
        samples.addAll(UNPROCESSED);
        samples.forEach(sample -> collect(sample, names));
        names.addAll(List.of("results", "messages", "msgs", "__proto__", "CamelHttpUri", "CamelFileName", "type", "value"));
        return List.copyOf(names);
    }

    private static void collect(JsonNode node, TreeSet<String> names) {
        node.fieldNames().forEachRemaining(names::add);
        node.forEach(child -> collect(child, names));
    }

    /** The text with the input's own number in it. */
    public static String numbered(JsonNode sample, String number) {
        return sample.toString().replace("NUMBER", number);
    }
}
