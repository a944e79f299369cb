package io.smsbridge.send;

import java.time.DateTimeException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import io.smsbridge.text.DeliveryWindow;
import io.smsbridge.text.Times;

/**
 * A field of a send request: what it has to be, and what is said where it is not. Its name is the one that the API documents; what the
 * bridge keeps has the same, but for the client's own id, which is meta there.
 *
 * @param wrong what stands behind the name in the reason
 * @param read  the value as it is kept; null where it is wrong
 */
record SendField(String name, UnaryOperator<JsonNode> read, UnaryOperator<String> wrong) {

    /** Read by the account's settings, not here. */
    static final SendField TO = new SendField("to", value -> value, value -> "");

    private static final List<String> TRANSLITERATIONS = List.of("NONE", "TURKISH", "GREEK", "CYRILLIC", "SERBIAN_CYRILLIC", "CENTRAL_EUROPEAN", "BALTIC",
            "NON_UNICODE", "PORTUGUESE", "COLOMBIAN", "BULGARIAN_CYRILLIC", "ALL");
    private static final List<String> LANGUAGES = List.of("NONE", "TR", "ES", "PT", "AUTODETECT");
    private static final List<String> RECIPIENT_TYPES = List.of("BIREYSEL", "TACIR");
    private static final List<String> PRIORITIES = List.of("high", "normal");
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,40}");
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,10}");
    private static final Pattern SECOND_LINE = Pattern.compile("[\\p{Cc}\\u2028\\u2029]");
    /** What a spreadsheet makes of a long number. */
    private static final Pattern ROUNDED = Pattern.compile("[0-9]+([.,][0-9]+[eE][+-]?|[eE][+-])[0-9]+");

    static final List<SendField> ALL = List.of(
            TO,
            field("text", SendField::text, "has to be text"),
            field("messageId", value -> shortText(value, 4_000), "has to be text of up to 4000 characters"),
            identifier("sender", value -> oneLine(value, 4_000), "has to be text in one line"),
            identifier("templateId", SendField::digits, "has to be digits alone, as in the DLT portal, such as 1107161234567890123"),
            identifier("principalEntityId", SendField::digits, "has to be digits alone, as in the DLT portal, such as 1107161234567890123"),
            field("recipientType", SendField::recipientType, "has to be one of " + String.join(", ", RECIPIENT_TYPES)),
            field("brandCode", SendField::int32, "has to be a whole number of 32 bits"),
            field("validityPeriod", value -> amount(value, "MINUTES", Set.of("SECONDS", "MINUTES", "HOURS")),
                    "has to be minutes, a whole number above 0, or {\"amount\", \"timeUnit\": SECONDS, MINUTES or HOURS}"),
            flag("flash"),
            field("transliteration", value -> oneOf(value, TRANSLITERATIONS), "has to be one of " + String.join(", ", TRANSLITERATIONS)),
            field("languageCode", value -> oneOf(value, LANGUAGES), "has to be one of " + String.join(", ", LANGUAGES)),
            time("sendAt"),
            time("sendBefore"),
            field("deliveryTimeWindow", DeliveryWindow::of, "has to be " + DeliveryWindow.FORM + " or {\"days\": [\"MONDAY\"], \"from\": {\"hour\": 9, \"minute\": 0},"
                    + " \"to\": {\"hour\": 20, \"minute\": 0}}"),
            field("sendingSpeedLimit", value -> amount(value, "MINUTE", Set.of("MINUTE", "HOUR", "DAY")),
                    "has to be messages in a minute, a whole number above 0, or {\"amount\", \"timeUnit\": MINUTE, HOUR or DAY}"),
            field("priority", value -> oneOf(TextNode.valueOf(written(value).toLowerCase(Locale.ROOT)), PRIORITIES),
                    "has to be one of " + String.join(", ", PRIORITIES)),
            identifier("campaignReferenceId", value -> oneLine(value, 255), "has to be text of up to 255 characters in one line"),
            identifier("entityId", value -> oneLine(value, 255), "has to be text of up to 255 characters in one line"),
            identifier("applicationId", value -> oneLine(value, 255), "has to be text of up to 255 characters in one line"),
            flag("shortenUrl"),
            flag("trackClicks"),
            flag("notify"));

    String kept() {
        return name.equals("messageId") ? "meta" : name;
    }

    /** Why the value is refused. */
    String reason(JsonNode value) {
        return name + ": " + wrong.apply(written(value));
    }

    private static SendField field(String name, UnaryOperator<JsonNode> read, String wrong) {
        return new SendField(name, read, value -> wrong);
    }

    /** What somebody set up elsewhere, at Infobip or in the DLT portal, and copied from a sheet. */
    private static SendField identifier(String name, UnaryOperator<JsonNode> read, String wrong) {
        return new SendField(name, value -> ROUNDED.matcher(written(value)).matches() ? null : read.apply(value),
                value -> ROUNDED.matcher(value).matches() ? "is a rounded number, such as 1.10716E+18, and no id; send all of it, as text" : wrong);
    }

    private static SendField flag(String name) {
        return field(name, SendField::flag, "has to be true or false");
    }

    private static SendField time(String name) {
        return field(name, SendField::instant, "not a time with an offset, such as 2026-11-24T09:00:00+01:00");
    }

    /** A value as somebody wrote it. */
    static String written(JsonNode value) {
        return value.isValueNode() ? value.asText() : value.toString();
    }

    /** Numbers are taken where text belongs: ids of 19 digits are often written without quotes. */
    static JsonNode text(JsonNode value) {
        return value.isTextual() ? value : value.isIntegralNumber() ? TextNode.valueOf(value.asText()) : null;
    }

    private static JsonNode shortText(JsonNode value, int longest) {
        JsonNode text = text(value);
        return text == null || text.textValue().length() > longest ? null : text;
    }

    private static JsonNode oneLine(JsonNode value, int longest) {
        JsonNode text = shortText(value, longest);
        return text == null || SECOND_LINE.matcher(text.textValue()).find() ? null : text;
    }

    private static JsonNode digits(JsonNode value) {
        JsonNode text = text(value);
        return text == null || !DIGITS.matcher(text.textValue()).matches() ? null : text;
    }

    private static JsonNode oneOf(JsonNode value, List<String> names) {
        return value.isTextual() && names.contains(value.textValue()) ? value : null;
    }

    private static JsonNode recipientType(JsonNode value) {
        String type = written(value).toUpperCase(Locale.ROOT);
        // CleverTap's own form misspells it.
        return type.equals("BIREYCEL") ? TextNode.valueOf("BIREYSEL") : oneOf(TextNode.valueOf(type), RECIPIENT_TYPES);
    }

    private static JsonNode flag(JsonNode value) {
        if (value.isBoolean()) {
            return value;
        }
        String text = value.isTextual() ? value.textValue().toLowerCase(Locale.ROOT) : "";
        return text.equals("true") ? BooleanNode.TRUE : text.equals("false") ? BooleanNode.FALSE : null;
    }

    private static JsonNode int32(JsonNode value) {
        if (value.isIntegralNumber()) {
            return value.canConvertToInt() ? IntNode.valueOf(value.intValue()) : null;
        }
        if (!value.isTextual() || !INTEGER.matcher(value.textValue()).matches()) {
            return null;
        }
        long number = Long.parseLong(value.textValue());
        return number == (int) number ? IntNode.valueOf((int) number) : null;
    }

    /** A number of the usual unit, or Infobip's own {amount, timeUnit}; another key in it would change nothing, in silence. */
    private static JsonNode amount(JsonNode value, String usual, Set<String> units) {
        JsonNode given = value.isObject() ? value.get("amount") : value;
        JsonNode amount = given == null ? null : int32(given);
        String unit = value.path("timeUnit").asText("").isEmpty() || value.path("timeUnit").isNull() ? usual : value.get("timeUnit").asText();
        boolean known = !value.isObject() || value.properties().stream().allMatch(field -> Set.of("amount", "timeUnit").contains(field.getKey()));
        return amount == null || amount.intValue() <= 0 || !units.contains(unit) || !known ? null
                : JsonNodeFactory.instance.objectNode().put("amount", amount.intValue()).put("timeUnit", unit);
    }

    private static JsonNode instant(JsonNode value) {
        try {
            return TextNode.valueOf(Times.rewritten(written(value).strip()));
        } catch (DateTimeException e) {
            return null;
        }
    }
}
