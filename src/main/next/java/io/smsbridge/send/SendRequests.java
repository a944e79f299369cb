package io.smsbridge.send;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.http.RefusedCall;
import io.smsbridge.maps.Times;

/** Checks send requests: each recipient alone, so that a bad one spoils none of the others. */
final class SendRequests {

    /** @param number digits of the E.164 form, without +; country: ISO 3166 code */
    record Recipient(String number, String country) {
    }

    private static final String NO_NUMBER = "to: not a phone number in international form (E.164), such as 447700900123";
    private static final long LONGEST_AHEAD = 180L * 86_400_000;
    /** Infobip takes no validity beyond it. */
    private static final long LONGEST_VALIDITY = 48L * 3_600_000;

    private final Map<String, SendField> byName = new LinkedHashMap<>();
    private final Map<String, SendField> bySpelling = new LinkedHashMap<>();
    private final Set<String> ofRecipient = new LinkedHashSet<>();
    private final Function<String, Recipient> numbers;
    private final int mostRecipients;

    /**
     * @param spellings the API's name for each field, and how it may be written: routes/maps/send-fields.json
     * @param numbers   reads a recipient's number; null where it is none
     */
    SendRequests(JsonNode spellings, Function<String, Recipient> numbers, int mostRecipients) {
        this.numbers = numbers;
        this.mostRecipients = mostRecipients;
        for (SendField field : SendField.ALL) {
            byName.put(field.name(), field);
            spellings.path(field.name()).forEach(spelling -> bySpelling.put(spelling.asText().toLowerCase(Locale.ROOT), field));
        }
        spellings.path("to").forEach(spelling -> ofRecipient.add(spelling.asText().toLowerCase(Locale.ROOT)));
    }

    /**
     * @param usual what a request without a priority has: high, normal, or auto, by which one for one recipient is high
     * @throws RefusedCall 400 or 413 where the request as a whole can't be read
     */
    SendRequest check(String account, String usual, String requestId, long receivedAt, JsonNode request, boolean toOptedOut) {
        String list = request.isObject() ? list((ObjectNode) request) : null;
        JsonNode recipients = request.isArray() ? request : list != null ? request.get(list) : JsonNodeFactory.instance.arrayNode().add(request);
        if (!request.isObject() && !request.isArray()) {
            throw new RefusedCall(400, "the request has to be a JSON object: one recipient, or an object with an array of recipients");
        }
        if (recipients.isEmpty()) {
            throw new RefusedCall(400, (list == null ? "the array of recipients" : list) + ": holds no recipient");
        }
        if (recipients.size() > mostRecipients) {
            throw new RefusedCall(413, "too many recipients: " + recipients.size() + ", and at most " + mostRecipients + " go into one request");
        }
        Set<String> ignored = new LinkedHashSet<>();
        List<String> commonProblems = new ArrayList<>();
        Map<String, JsonNode> common = list == null ? Map.of() : fields((ObjectNode) request, list, ignored, commonProblems);
        boolean high = usual.equals("high") || usual.equals("auto") && recipients.size() == 1;
        List<Send> sends = new ArrayList<>();
        List<SendRequest.Refused> refused = new ArrayList<>();
        for (int i = 0; i < recipients.size(); i++) {
            check(i, recipients.get(i), account, common, commonProblems, high, toOptedOut, receivedAt, ignored, sends, refused);
        }
        return new SendRequest(account, requestId, receivedAt, sends, refused, List.copyOf(ignored));
    }

    /** The array of recipients: "messages" or "msgs" if there, else the one key that holds an array of objects; null for one recipient alone. */
    private static String list(ObjectNode request) {
        for (String name : List.of("messages", "msgs")) {
            if (request.path(name).isArray()) {
                return name;
            }
        }
        List<String> found = new ArrayList<>();
        request.fields().forEachRemaining(field -> {
            if (field.getValue().isArray() && field.getValue().size() > 0 && field.getValue().get(0).isObject()) {
                found.add(field.getKey());
            }
        });
        if (found.size() > 1) {
            throw new RefusedCall(400, "several arrays could be the recipients: " + String.join(", ", found) + ". Name the one that is meant \"messages\"");
        }
        return found.isEmpty() ? null : found.get(0);
    }

    /** The API's name to the value given. A field under two names has to have one value. */
    private Map<String, JsonNode> fields(ObjectNode object, String without, Set<String> ignored, List<String> problems) {
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        object.fields().forEachRemaining(entry -> {
            if (entry.getKey().equals(without) || !isGiven(entry.getValue())) {
                return;
            }
            String spelling = entry.getKey().toLowerCase(Locale.ROOT);
            String name = ofRecipient.contains(spelling) ? "to" : bySpelling.containsKey(spelling) ? bySpelling.get(spelling).name() : null;
            if (name == null) {
                ignored.add(entry.getKey());
            } else {
                JsonNode known = fields.putIfAbsent(name, entry.getValue());
                if (known != null && !known.equals(entry.getValue())) {
                    problems.add(name + ": stands there under two names, with different values");
                }
            }
        });
        return fields;
    }

    /** An empty or blank value, or a placeholder that CleverTap left unfilled in a test send, counts as absent. */
    private static boolean isGiven(JsonNode value) {
        return !value.isNull() && !(value.isTextual() && (Blanks.isBlank(value.textValue()) || value.textValue().matches("\\$\\$[A-Za-z]+")));
    }

    private void check(int index, JsonNode recipient, String account, Map<String, JsonNode> common, List<String> commonProblems, boolean high,
            boolean toOptedOut, long now, Set<String> ignored, List<Send> sends, List<SendRequest.Refused> refused) {
        if (!recipient.isObject()) {
            refused.add(refused(index, null, "not a JSON object", JsonNodeFactory.instance.objectNode()));
            return;
        }
        List<String> problems = new ArrayList<>(commonProblems);
        Map<String, JsonNode> given = new LinkedHashMap<>(common);
        given.putAll(fields((ObjectNode) recipient, null, ignored, problems));
        ObjectNode record = JsonNodeFactory.instance.objectNode();
        JsonNode to = given.remove("to");
        Recipient number = to == null ? null : numbers.apply(to.asText());
        if (to == null) {
            problems.add("to: missing");
        } else if (number == null) {
            problems.add(NO_NUMBER);
        }
        record.put("messageId", "").put("to", number == null ? (to == null ? null : to.asText()) : number.number());
        if (number != null) {
            record.put("country", number.country());
        }
        for (Map.Entry<String, JsonNode> field : given.entrySet()) {
            SendField kind = byName.get(field.getKey());
            JsonNode value = kind.read().apply(field.getValue());
            if (value == null) {
                problems.add(kind.reason());
            } else {
                record.set(kind.kept(), value);
            }
        }
        if (!given.containsKey("text")) {
            problems.add("text: missing");
        }
        times(record, now, problems);
        if (high && !record.has("priority")) {
            record.put("priority", "high");
        }
        if (toOptedOut) {
            record.put("toOptedOut", true);
        }
        record.put("messageId", messageId(account, record));
        if (problems.isEmpty()) {
            sends.add(new Send(index, record, grouping(record)));
        } else {
            refused.add(refused(index, to, String.join("; ", problems), record));
        }
    }

    private static SendRequest.Refused refused(int index, JsonNode to, String reason, ObjectNode record) {
        return new SendRequest.Refused(index, to == null || to.isContainerNode() ? null : to.asText(), reason, record, reason.startsWith("to:") ? "910" : "900");
    }

    /** Checks times against each other, and sets until when the record may wait here: its own sendBefore, or the end of its validity. */
    private static void times(ObjectNode record, long now, List<String> problems) {
        Long sendAt = Times.millis(record.get("sendAt"));
        Long sendBefore = Times.millis(record.get("sendBefore"));
        if (sendAt != null && sendBefore != null && sendBefore <= sendAt) {
            problems.add("sendBefore: is not after sendAt");
        }
        if (sendAt != null && sendAt > now + LONGEST_AHEAD) {
            problems.add("sendAt: more than 180 days ahead");
        }
        if (sendBefore != null && sendBefore <= now) {
            problems.add("sendBefore: has passed");
        }
        JsonNode validity = record.get("validityPeriod");
        if (validity != null) {
            long unit = switch (validity.get("timeUnit").textValue()) {
                case "SECONDS" -> 1_000L;
                case "MINUTES" -> 60_000L;
                default -> 3_600_000L;
            };
            long end = (sendAt == null ? now : Math.max(now, sendAt)) + Math.min(validity.get("amount").longValue() * unit, LONGEST_VALIDITY);
            if (sendBefore == null || end < sendBefore) {
                record.put("sendBefore", Times.write(Instant.ofEpochMilli(end)));
            }
        }
    }

    /** What Infobip takes once per call, not per message, keeps two records out of one call. */
    private static String grouping(ObjectNode record) {
        if (!record.has("sendAt") && !record.has("shortenUrl") && !record.has("trackClicks") && !record.has("sendingSpeedLimit")) {
            return "";
        }
        return record.path("sendAt").asText() + "|" + record.path("shortenUrl").asText() + "|" + record.path("trackClicks").asText() + "|"
                + record.path("sendingSpeedLimit");
    }

    /** The client's own id makes the same message id again, so that a request repeated is known for what it is, here and at Infobip. */
    private static String messageId(String account, ObjectNode record) {
        if (!record.hasNonNull("to") || !record.has("meta")) {
            return UUID.randomUUID().toString();
        }
        String key = JsonNodeFactory.instance.arrayNode().add(account).add(record.get("to").textValue()).add(record.get("meta").textValue()).toString();
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
