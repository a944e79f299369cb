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
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import io.smsbridge.http.RefusedCall;
import io.smsbridge.settings.AccountSettings;
import io.smsbridge.text.CopiedText;
import io.smsbridge.text.PhoneNumbers;
import io.smsbridge.text.Times;

/** Checks send requests: each recipient alone, so that a bad one spoils none of the others. */
final class SendRequests {

    private static final long LONGEST_AHEAD = 180L * 86_400_000;
    /** Infobip takes no validity beyond it. */
    private static final long LONGEST_VALIDITY = 48L * 3_600_000;
    private static final List<String> REQUEST_LEVEL = List.of("sendAt", "sendingSpeedLimit", "shortenUrl", "trackClicks");

    private final Map<String, SendField> byName = new LinkedHashMap<>();
    private final Map<String, SendField> bySpelling = new LinkedHashMap<>();
    private final int mostRecipients;

    /**
     * @param spellings the API's name for each field, and how it may be written: routes/maps/send-fields.json
     */
    SendRequests(JsonNode spellings, int mostRecipients) {
        this.mostRecipients = mostRecipients;
        for (SendField field : SendField.ALL) {
            byName.put(field.name(), field);
            spellings.path(field.name()).forEach(spelling -> bySpelling.put(spelling.asText().toLowerCase(Locale.ROOT), field));
        }
    }

    /**
     * @param requestId  null for what the bridge itself sends
     * @param receivedAt epoch milliseconds
     * @throws RefusedCall 400 or 413 where the request as a whole can't be read
     */
    SendRequest check(AccountSettings account, String requestId, long receivedAt, JsonNode request) {
        return new Check(account, account.priority(), false, receivedAt).of(request, requestId);
    }

    /** The same of what the bridge itself answers somebody: it goes first, and also to whoever has opted out. */
    SendRequest checkAnswer(AccountSettings account, long receivedAt, JsonNode request) {
        return new Check(account, "high", true, receivedAt).of(request, null);
    }

    private final class Check {

        private final AccountSettings account;
        private final String usual;
        private final boolean toOptedOut;
        private final long now;
        private final Set<String> ignored = new LinkedHashSet<>();
        private final List<Send> sends = new ArrayList<>();
        private final List<SendRequest.Refused> refused = new ArrayList<>();
        private RequestFields common = RequestFields.NONE;
        private boolean high;
        private String requestId;

        /** @param usual what a request without a priority has: high, normal, or auto, by which one for one recipient is high */
        Check(AccountSettings account, String usual, boolean toOptedOut, long now) {
            this.account = account;
            this.usual = usual;
            this.toOptedOut = toOptedOut;
            this.now = now;
        }

        SendRequest of(JsonNode request, String id) {
            requestId = id;
            if (!request.isObject() && !request.isArray()) {
                throw new RefusedCall(400, "the request has to be a JSON object: one recipient, or an object with an array of recipients");
            }
            String list = request.isObject() ? list((ObjectNode) request) : null;
            if (list != null && !JsonText.others((ObjectNode) request, list).isEmpty()) {
                throw new RefusedCall(400, list + ": stands there twice; give all recipients in one array");
            }
            JsonNode recipients = request.isArray() ? request : list != null ? request.get(list) : JsonNodeFactory.instance.arrayNode().add(request);
            if (recipients.isEmpty()) {
                throw new RefusedCall(400, (list == null ? "the array of recipients" : list) + ": holds no recipient");
            }
            if (recipients.size() > mostRecipients) {
                throw new RefusedCall(413, "too many recipients: " + recipients.size() + ", and at most " + mostRecipients + " go into one request");
            }
            if (list != null) {
                common = RequestFields.of((ObjectNode) request, bySpelling);
                ignored.addAll(common.unknown());
                ignored.remove(list);
            }
            // What is asked for one recipient alone, a one-time password, is not to wait behind a campaign.
            high = usual.equals("high") || usual.equals("auto") && recipients.size() == 1;
            for (int i = 0; i < recipients.size(); i++) {
                recipient(i, recipients.get(i));
            }
            return new SendRequest(account.name(), requestId, now, sends, refused, List.copyOf(ignored));
        }

        private void recipient(int index, JsonNode recipient) {
            ObjectNode record = JsonNodeFactory.instance.objectNode();
            if (!recipient.isObject()) {
                record.put("messageId", UUID.randomUUID().toString());
                refused.add(new SendRequest.Refused(index, null, "not a JSON object", record, "900", null));
                return;
            }
            RequestFields own = RequestFields.of((ObjectNode) recipient, bySpelling);
            ignored.addAll(own.unknown());
            Map<String, JsonNode> given = own.given();
            common.given().forEach(given::putIfAbsent);
            List<String> problems = new ArrayList<>();
            record.putNull("messageId");
            boolean allowed = number(record, given.get("to"), problems);
            List<String> unread = fields(record, given, problems);
            times(record, problems);
            own.wrong().forEach((name, reason) -> problems.add(name + ": " + reason));
            // Those of a field that the recipient gives itself do not matter.
            common.wrong().forEach((name, reason) -> {
                if (common.given().get(name) == given.get(name)) {
                    problems.add(name + ": " + reason);
                }
            });
            problems.addAll(unread);
            if (high && !given.containsKey("priority")) {
                record.put("priority", "high");
            }
            if (toOptedOut) {
                record.put("toOptedOut", true);
            }
            record.put("messageId", messageId(record));
            if (problems.isEmpty()) {
                sends.add(new Send(index, record, grouping(record)));
            } else {
                String reason = String.join("; ", problems);
                JsonNode to = given.get("to");
                refused.add(new SendRequest.Refused(index, to == null || SendField.text(to) == null ? null : CopiedText.shown(to.asText()), reason, record,
                        !allowed ? "915" : reason.startsWith("to:") ? "910" : "900", allowed ? null : SendMeters.COUNTRY));
            }
        }

        /** False for a number of a country that the account does not send to. Whoever has written is answered, wherever they are. */
        private boolean number(ObjectNode record, JsonNode to, List<String> problems) {
            if (to == null) {
                problems.add("to: missing");
                return true;
            }
            PhoneNumber number = PhoneNumbers.parse(SendField.written(to), account.defaultCountry());
            if (number != null) {
                record.put("to", PhoneNumbers.digits(number)).put("country", PhoneNumbers.country(number));
            } else if (SendField.text(to) != null) {
                record.put("to", to.asText());
            }
            if (number == null || toOptedOut || account.allowedCountries().isEmpty() || account.allowedCountries().contains(PhoneNumbers.ownCountry(number))) {
                return true;
            }
            problems.add("to: is a number of " + PhoneNumbers.ownCountry(number) + ", to which the account does not send; if it is meant to, add the country to account."
                    + account.name() + ".allowedCountries");
            return false;
        }

        /** The reasons against those that can't be read. */
        private List<String> fields(ObjectNode record, Map<String, JsonNode> given, List<String> problems) {
            if (!given.containsKey("text")) {
                problems.add("text: missing");
            }
            List<String> unread = new ArrayList<>();
            given.forEach((name, value) -> {
                if (name.equals("to")) {
                    if (!record.has("country")) {
                        unread.add("to: not a phone number " + (account.defaultCountry().isEmpty() ? "in international form (E.164), such as 447700900123"
                                : "of " + account.defaultCountry() + ", nor one in international form (E.164), such as +447700900123"));
                    }
                    return;
                }
                SendField field = byName.get(name);
                JsonNode read = field.read().apply(value);
                if (read == null) {
                    unread.add(field.reason(value));
                } else {
                    record.set(field.kept(), read);
                }
            });
            return unread;
        }

        /** Checks times against each other, and sets until when the record may wait here: its own sendBefore, or the end of its validity. */
        private void times(ObjectNode record, List<String> problems) {
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
        private String grouping(ObjectNode record) {
            if (REQUEST_LEVEL.stream().noneMatch(record::has)) {
                return "";
            }
            String options = REQUEST_LEVEL.stream().map(name -> record.path(name).toString()).collect(Collectors.joining("|"));
            // Infobip counts the speed of each call for itself, so that two requests keep theirs apart.
            return record.has("sendingSpeedLimit") ? options + "|" + requestId : options;
        }

        /** The client's own id makes the same message id again, so that a request repeated is known for what it is, here and at Infobip. */
        private String messageId(ObjectNode record) {
            if (!record.has("to") || !record.has("meta")) {
                return UUID.randomUUID().toString();
            }
            String key = JsonNodeFactory.instance.arrayNode().add(account.name()).add(record.get("to").textValue()).add(record.get("meta").textValue()).toString();
            try {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
                return HexFormat.of().formatHex(hash, 0, 16);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The array of recipients: "messages" or "msgs" if there, else the one key that holds an array of objects; null for one recipient alone. */
    private static String list(ObjectNode request) {
        for (String name : List.of("messages", "msgs")) {
            if (request.path(name).isArray()) {
                return name;
            }
        }
        List<String> found = request.properties().stream().filter(field -> field.getValue().isArray() && field.getValue().path(0).isObject())
                .map(Map.Entry::getKey).toList();
        if (found.size() > 1) {
            throw new RefusedCall(400, "several arrays could be the recipients: " + String.join(", ", found) + ". Name the one that is meant \"messages\"");
        }
        return found.isEmpty() ? null : found.get(0);
    }
}
