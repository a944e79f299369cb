package io.smsbridge;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import com.schibsted.spt.data.jslt.Function;
import com.schibsted.spt.data.jslt.JsltException;
import com.schibsted.spt.data.jslt.filters.JsonFilter;
import io.smsbridge.sandbox.SandboxMemory;

/** What the JSLT maps need and JSLT has not: phone numbers, and times as Infobip and its users write them. */
final class MapFunctions {

    static final List<Function> ALL = List.of(
            function("phone-number", 1, 2, arguments -> phoneNumber(arguments[0], arguments.length > 1 ? arguments[1].asText("") : "")),
            function("normal-number", MapFunctions::normalNumber),
            function("shown", text -> TextNode.valueOf(CopiedText.shown(text.asText()))),
            function("fields", (object, names) -> RequestFields.of((ObjectNode) object, (ObjectNode) names)),
            function("instant", MapFunctions::instant),
            function("epoch-seconds", MapFunctions::epochSeconds),
            function("delivery-window", MapFunctions::deliveryWindow),
            function("event-time", MapFunctions::eventTime),
            function("as-text", MapFunctions::asText),
            function("whole-number", MapFunctions::wholeNumber),
            function("coded", MapFunctions::coded),
            function("cut", MapFunctions::cut),
            function("times-seen", key -> IntNode.valueOf(SandboxMemory.timesSeen(key.asText()))));

    /** Maps leave out keys that are null; JSLT's own default would leave out empty arrays too, which an answer needs. */
    static final JsonFilter OBJECT_FILTER = value -> !value.isNull();

    /** Fraction of 0 to 9 digits, offset with or without a colon, or Z. */
    private static final DateTimeFormatter LENIENT = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd['T'][' ']HH:mm[:ss]")
            .optionalStart().appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true).optionalEnd()
            .appendPattern("[XXX][XX][X]")
            .toFormatter(Locale.ROOT);

    /** As Infobip and the bridge itself write times, 0 for a digit: read without a formatter, which takes many times as long. */
    private static final String USUAL = "0000-00-00T00:00:00.000";
    private static final List<String> USUAL_WITH_OFFSET = List.of(USUAL + "Z", USUAL + "+0000", USUAL + "-0000");

    private static final DateTimeFormatter UTC_MILLIS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT);

    /** No event is older than the oldest of such services, or of a later day than its arrival; a time that says so is a mistake. */
    private static final Instant FIRST_TIME = Instant.parse("2000-01-01T00:00:00Z");
    private static final Duration CLOCKS_DIFFER = Duration.ofDays(1);

    /** Characters of a text that is read as a number, with room for a fraction of zeros: a million digits would take long. */
    private static final int LONGEST_NUMBER = 30;
    private static final Set<String> NUMBERS_OF_CODED = Set.of("id", "groupId");
    private static final Set<String> TEXTS_OF_CODED = Set.of("name", "groupName", "description", "action");

    private MapFunctions() {
    }

    /**
     * {@code phone-number(text, country)}: {@code {"number": digits of the E.164 form without +, "country": ISO 3166 code}}, or null when
     * the text is no number in international form, nor one as the given country writes its own (none or empty: international form only).
     * The country in the answer is the main one of the calling code.
     */
    private static JsonNode phoneNumber(JsonNode text, String country) {
        PhoneNumber number = PhoneNumbers.parse(text.asText(), country);
        if (number == null) {
            return NullNode.instance;
        }
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("number", PhoneNumbers.digits(number));
        answer.put("country", PhoneNumbers.country(number));
        return answer;
    }

    /** {@code normal-number(text)}: digits of the E.164 form without +, however the number was written; what is no number stays as it is. */
    private static JsonNode normalNumber(JsonNode value) {
        PhoneNumber number = value.isValueNode() ? PhoneNumbers.parse(value.asText()) : null;
        return number == null ? value : TextNode.valueOf(PhoneNumbers.digits(number));
    }

    /** {@code instant(text)}: the time in UTC as 2026-11-23T10:00:00.000Z, or null when it can't be read or has no offset. */
    private static JsonNode instant(JsonNode value) {
        String text = value.asText().strip();
        try {
            OffsetDateTime time = time(text);
            if (time.getYear() < 1 || time.getYear() > 9998) {
                // Written anew it would be no time that can be read again.
                return NullNode.instance;
            }
            return TextNode.valueOf(isUsual(text) && time.getOffset().equals(ZoneOffset.UTC) ? text.substring(0, USUAL.length()) + "Z"
                    : UTC_MILLIS.format(time.withOffsetSameInstant(ZoneOffset.UTC)));
        } catch (DateTimeException e) {
            return NullNode.instance;
        }
    }

    /** {@code delivery-window(value)}: Infobip's deliveryTimeWindow, of such an object or of a short text; null when it is none. */
    private static JsonNode deliveryWindow(JsonNode value) {
        ObjectNode window = DeliveryWindow.of(value);
        return window == null ? NullNode.instance : window;
    }

    /** {@code epoch-seconds(text)}: the time's seconds since 1970. */
    private static JsonNode epochSeconds(JsonNode text) {
        try {
            return LongNode.valueOf(time(text.asText()).toEpochSecond());
        } catch (DateTimeException e) {
            throw new JsltException("epoch-seconds() cannot work on '" + text.asText() + "'");
        }
    }

    /**
     * {@code event-time(value)}: when something happened, in UTC as of {@code instant}, of such a text or of epoch milliseconds; null
     * when it can't be read, or says what can't be.
     */
    private static JsonNode eventTime(JsonNode value) {
        String text = value.asText().strip();
        Instant time;
        try {
            time = value.isIntegralNumber() || text.matches("[0-9]{12,14}") ? Instant.ofEpochMilli(Long.parseLong(text)) : time(text).toInstant();
        } catch (DateTimeException | NumberFormatException e) {
            return NullNode.instance;
        }
        return time.isBefore(FIRST_TIME) || time.isAfter(Instant.now().plus(CLOCKS_DIFFER)) ? NullNode.instance
                : TextNode.valueOf(UTC_MILLIS.format(time.atOffset(ZoneOffset.UTC)));
    }

    /** {@code as-text(value)}: text as it is, a number or a flag as the text that says it; null for all else. */
    private static JsonNode asText(JsonNode value) {
        if (value.isTextual()) {
            return value;
        }
        if (value.isFloatingPointNumber() && value.doubleValue() == Math.rint(value.doubleValue()) && Math.abs(value.doubleValue()) < 1e15) {
            return TextNode.valueOf(String.valueOf((long) value.doubleValue()));
        }
        return value.isValueNode() ? TextNode.valueOf(value.asText()) : NullNode.instance;
    }

    /** {@code whole-number(value)}: a whole number of 32 bits, however it is written, or one that a text says; null for all else. */
    private static JsonNode wholeNumber(JsonNode value) {
        if (value.isInt()) {
            return value;
        }
        try {
            String text = value.isNumber() || value.isTextual() ? value.asText().strip() : "";
            return text.length() <= LONGEST_NUMBER ? IntNode.valueOf(new BigDecimal(text).intValueExact()) : NullNode.instance;
        } catch (ArithmeticException | NumberFormatException e) {
            return NullNode.instance;
        }
    }

    /** {@code coded(value)}: a status or error of Infobip's, whose ids are whole numbers and whose names are text; null when it is no object. */
    private static JsonNode coded(JsonNode value) {
        if (!value.isObject()) {
            return NullNode.instance;
        }
        ObjectNode coded = null;
        for (Map.Entry<String, JsonNode> field : value.properties()) {
            JsonNode read = NUMBERS_OF_CODED.contains(field.getKey()) ? wholeNumber(field.getValue())
                    : TEXTS_OF_CODED.contains(field.getKey()) ? asText(field.getValue()) : field.getValue();
            if (read != field.getValue()) {
                coded = coded == null ? value.deepCopy() : coded;
                coded.set(field.getKey(), read);
            }
        }
        return coded == null ? value : coded;
    }

    /** {@code cut(text, longest)}: the text, or as much of its beginning as is whole characters and no longer. */
    private static JsonNode cut(JsonNode text, JsonNode longest) {
        return TextNode.valueOf(Texts.cut(text.asText(), longest.asInt()));
    }

    /** The time a text says. Throws DateTimeException when it can't be read or has no offset. */
    static OffsetDateTime time(String text) {
        if (!isUsual(text)) {
            return OffsetDateTime.parse(text, LENIENT);
        }
        LocalDateTime local = LocalDateTime.of(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10),
                digits(text, 11, 13), digits(text, 14, 16), digits(text, 17, 19), digits(text, 20, 23) * 1_000_000);
        if (text.endsWith("Z")) {
            return local.atOffset(ZoneOffset.UTC);
        }
        int sign = text.charAt(23) == '-' ? -1 : 1;
        return local.atOffset(ZoneOffset.ofHoursMinutes(sign * digits(text, 24, 26), sign * digits(text, 26, 28)));
    }

    private static boolean isUsual(String text) {
        for (String usual : USUAL_WITH_OFFSET) {
            if (isWrittenAs(usual, text)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isWrittenAs(String form, String text) {
        if (text.length() != form.length()) {
            return false;
        }
        for (int i = 0; i < form.length(); i++) {
            char c = text.charAt(i);
            if (form.charAt(i) == '0' ? c < '0' || c > '9' : c != form.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static int digits(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }

    private static Function function(String name, UnaryOperator<JsonNode> body) {
        return function(name, 1, 1, arguments -> body.apply(arguments[0]));
    }

    private static Function function(String name, BinaryOperator<JsonNode> body) {
        return function(name, 2, 2, arguments -> body.apply(arguments[0], arguments[1]));
    }

    private static Function function(String name, int least, int most, java.util.function.Function<JsonNode[], JsonNode> body) {
        return new Function() {
            @Override
            public String getName() {
                return name;
            }

            @Override
            public int getMinArguments() {
                return least;
            }

            @Override
            public int getMaxArguments() {
                return most;
            }

            @Override
            public JsonNode call(JsonNode input, JsonNode[] arguments) {
                return arguments[0].isNull() ? NullNode.instance : body.apply(arguments);
            }
        };
    }
}
