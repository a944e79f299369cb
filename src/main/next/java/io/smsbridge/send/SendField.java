package io.smsbridge.send;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.smsbridge.maps.Times;

/**
 * A field of a send request: what it has to be, and what is said where it is not. Its name is the one that the API documents; what the
 * bridge keeps has the same, but for the client's own id, which is meta there.
 *
 * @param wrong what stands behind the name in the reason
 * @param read  the value as it is kept; null where it is wrong
 */
record SendField(String name, String wrong, Function<JsonNode, JsonNode> read) {

    private static final List<String> TRANSLITERATIONS = List.of("NONE", "TURKISH", "GREEK", "CYRILLIC", "SERBIAN_CYRILLIC", "CENTRAL_EUROPEAN", "BALTIC",
            "NON_UNICODE", "PORTUGUESE", "COLOMBIAN", "BULGARIAN_CYRILLIC", "ALL");
    private static final List<String> LANGUAGES = List.of("NONE", "TR", "ES", "PT", "AUTODETECT");
    private static final List<String> RECIPIENT_TYPES = List.of("BIREYSEL", "TACIR");
    private static final List<String> DAYS = List.of("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY");
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** All but the recipient's number, which only the settings can read. */
    static final List<SendField> ALL = List.of(
            text("text"),
            new SendField("messageId", "has to be text of up to 4000 characters", value -> shortText(value, 4_000)),
            text("sender"),
            id("templateId"),
            id("principalEntityId"),
            new SendField("recipientType", "has to be one of " + String.join(", ", RECIPIENT_TYPES), SendField::recipientType),
            new SendField("brandCode", "has to be a whole number of 32 bits", SendField::int32),
            new SendField("validityPeriod", "has to be minutes, a whole number above 0, or {\"amount\", \"timeUnit\": SECONDS, MINUTES or HOURS}",
                    SendField::validity),
            flag("flash"),
            new SendField("transliteration", "has to be one of " + String.join(", ", TRANSLITERATIONS), value -> oneOf(value, TRANSLITERATIONS)),
            new SendField("languageCode", "has to be one of " + String.join(", ", LANGUAGES), value -> oneOf(value, LANGUAGES)),
            time("sendAt"),
            time("sendBefore"),
            new SendField("deliveryTimeWindow", "has to be {\"days\": [MONDAY to SUNDAY], \"from\": {\"hour\", \"minute\"}, \"to\": {\"hour\", \"minute\"}}, in UTC,"
                    + " with from and to both or neither, and at least an hour apart", SendField::window),
            new SendField("sendingSpeedLimit", "has to be {\"amount\": a whole number above 0, \"timeUnit\": MINUTE, HOUR or DAY}", SendField::speedLimit),
            new SendField("priority", "has to be one of high, normal", value -> lower(oneOf(upper(value), List.of("HIGH", "NORMAL")))),
            new SendField("campaignReferenceId", "has to be text of up to 255 characters", value -> trimmed(value, 255)),
            new SendField("entityId", "has to be text of up to 255 characters", value -> trimmed(value, 255)),
            new SendField("applicationId", "has to be text of up to 255 characters", value -> trimmed(value, 255)),
            flag("shortenUrl"),
            flag("trackClicks"),
            flag("notify"));

    String reason() {
        return name + ": " + wrong;
    }

    String kept() {
        return name.equals("messageId") ? "meta" : name;
    }

    private static SendField text(String name) {
        return new SendField(name, "has to be text", SendField::anyText);
    }

    private static SendField flag(String name) {
        return new SendField(name, "has to be true or false", SendField::flag);
    }

    private static SendField time(String name) {
        return new SendField(name, "not a time with an offset, such as 2026-11-24T09:00:00+01:00", SendField::instant);
    }

    /** Ids of 19 digits are often written without quotes, and copied with blanks around them; a spreadsheet's 1.10716E+18 is none. */
    private static SendField id(String name) {
        return new SendField(name, "has to be an id, letters and digits as the portal shows it, and no number that a spreadsheet has shortened",
                value -> {
                    JsonNode text = trimmed(value, 255);
                    return text == null || !text.textValue().matches("[\\p{L}\\p{N}_-]+") ? null : text;
                });
    }

    /** Numbers are taken where text belongs. */
    private static JsonNode anyText(JsonNode value) {
        return value.isTextual() ? value : value.isIntegralNumber() ? TextNode.valueOf(value.asText()) : null;
    }

    private static JsonNode shortText(JsonNode value, int longest) {
        JsonNode text = anyText(value);
        return text == null || text.textValue().length() > longest ? null : text;
    }

    private static JsonNode trimmed(JsonNode value, int longest) {
        JsonNode text = shortText(value, longest);
        return text == null ? null : TextNode.valueOf(Blanks.strip(text.textValue()));
    }

    private static JsonNode upper(JsonNode value) {
        return TextNode.valueOf(value.asText().strip().toUpperCase(Locale.ROOT));
    }

    private static JsonNode lower(JsonNode value) {
        return value == null ? null : TextNode.valueOf(value.textValue().toLowerCase(Locale.ROOT));
    }

    private static JsonNode oneOf(JsonNode value, List<String> names) {
        return value.isTextual() && names.contains(value.textValue()) ? value : null;
    }

    private static JsonNode recipientType(JsonNode value) {
        JsonNode type = upper(value);
        // CleverTap's own form misspells it.
        return type.textValue().equals("BIREYCEL") ? TextNode.valueOf("BIREYSEL") : oneOf(type, RECIPIENT_TYPES);
    }

    private static JsonNode flag(JsonNode value) {
        if (value.isBoolean()) {
            return value;
        }
        String text = value.isTextual() ? value.textValue().strip().toLowerCase(Locale.ROOT) : "";
        return text.equals("true") ? BooleanNode.TRUE : text.equals("false") ? BooleanNode.FALSE : null;
    }

    private static JsonNode int32(JsonNode value) {
        try {
            return value.isIntegralNumber() && value.canConvertToInt() ? IntNode.valueOf(value.intValue())
                    : value.isTextual() ? IntNode.valueOf(Integer.parseInt(Blanks.strip(value.textValue()))) : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static Integer above0(JsonNode value) {
        JsonNode number = value == null ? null : int32(value);
        return number == null || number.intValue() <= 0 ? null : number.intValue();
    }

    /** Minutes, or Infobip's own {amount, timeUnit}. */
    private static JsonNode validity(JsonNode value) {
        Integer amount = above0(value.isObject() ? value.get("amount") : value);
        String unit = value.isObject() ? value.path("timeUnit").asText("MINUTES") : "MINUTES";
        return amount == null || !List.of("SECONDS", "MINUTES", "HOURS").contains(unit) ? null : NODES.objectNode().put("amount", amount).put("timeUnit", unit);
    }

    private static JsonNode speedLimit(JsonNode value) {
        Integer amount = above0(value.isObject() ? value.get("amount") : value);
        String unit = value.isObject() ? value.path("timeUnit").asText("MINUTE") : "MINUTE";
        return amount == null || !List.of("MINUTE", "HOUR", "DAY").contains(unit) ? null : NODES.objectNode().put("amount", amount).put("timeUnit", unit);
    }

    static JsonNode window(JsonNode value) {
        JsonNode days = value.path("days");
        if (!days.isArray() || days.isEmpty()) {
            return null;
        }
        ObjectNode window = NODES.objectNode();
        for (JsonNode day : days) {
            if (!DAYS.contains(day.asText().toUpperCase(Locale.ROOT))) {
                return null;
            }
            window.withArray("days").add(day.asText().toUpperCase(Locale.ROOT));
        }
        if (!value.has("from") && !value.has("to")) {
            return window;
        }
        Integer from = minutes(value.path("from"));
        Integer to = minutes(value.path("to"));
        if (from == null || to == null || Math.floorMod(to - from, 24 * 60) < 60) {
            return null;
        }
        window.putObject("from").put("hour", from / 60).put("minute", from % 60);
        window.putObject("to").put("hour", to / 60).put("minute", to % 60);
        return window;
    }

    private static Integer minutes(JsonNode time) {
        JsonNode hour = int32(time.path("hour"));
        JsonNode minute = int32(time.path("minute"));
        return hour == null || minute == null || hour.intValue() < 0 || hour.intValue() > 23 || minute.intValue() < 0 || minute.intValue() > 59 ? null
                : hour.intValue() * 60 + minute.intValue();
    }

    private static JsonNode instant(JsonNode value) {
        try {
            Instant time = Times.read(Blanks.strip(value.asText()));
            return TextNode.valueOf(Times.write(time));
        } catch (DateTimeException e) {
            return null;
        }
    }
}
