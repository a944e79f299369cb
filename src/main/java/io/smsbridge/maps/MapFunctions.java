package io.smsbridge.maps;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

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
import io.smsbridge.text.DeliveryWindow;
import io.smsbridge.text.PhoneNumbers;
import io.smsbridge.text.Texts;
import io.smsbridge.text.Times;

/** What the JSLT maps need and JSLT has not: phone numbers, and times as Infobip and its users write them. */
public final class MapFunctions {

    public static final List<Function> ALL = List.of(
            function("phone-number", 1, 2, arguments -> phoneNumber(arguments[0], arguments.length > 1 ? arguments[1].asText("") : "")),
            function("normal-number", MapFunctions::normalNumber),
            function("instant", MapFunctions::instant),
            function("epoch-seconds", MapFunctions::epochSeconds),
            function("delivery-window", MapFunctions::deliveryWindow),
            function("event-time", MapFunctions::eventTime),
            function("as-text", MapFunctions::asText),
            function("whole-number", MapFunctions::wholeNumber),
            function("coded", MapFunctions::coded),
            function("cut", MapFunctions::cut));

    /** Maps leave out keys that are null; JSLT's own default would leave out empty arrays too, which an answer needs. */
    public static final JsonFilter OBJECT_FILTER = value -> !value.isNull();

    /** No event is older than the oldest of such services, or of a later day than its arrival; a time that says so is a mistake. */
    private static final Instant FIRST_TIME = Instant.parse("2000-01-01T00:00:00Z");
    private static final Duration CLOCKS_DIFFER = Duration.ofDays(1);

    /** Characters of a text that is read as a number, with room for a fraction of zeros: a million digits would take long. */
    private static final int LONGEST_NUMBER = 30;
    private static final Pattern EPOCH_MILLIS = Pattern.compile("[0-9]{12,14}");
    private static final Set<String> NUMBERS_OF_CODED = Set.of("id", "groupId");
    private static final Set<String> TEXTS_OF_CODED = Set.of("name", "groupName", "description", "action");

    private MapFunctions() {
    }

    /**
     * {@code phone-number(text, country)}: {@code {"number": digits of the E.164 form without +, "country": ISO 3166 code}}, or null when
     * the text is no number in international form, nor one as the given country writes its own (none or empty: international form only).
     * The country in the answer is the main one of the calling code.
     */
    public static JsonNode phoneNumber(JsonNode text, String country) {
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
        try {
            return TextNode.valueOf(Times.rewritten(value.asText().strip()));
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
            return LongNode.valueOf(Times.read(text.asText()).getEpochSecond());
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
            time = value.isIntegralNumber() || EPOCH_MILLIS.matcher(text).matches() ? Instant.ofEpochMilli(Long.parseLong(text)) : Times.read(text);
        } catch (DateTimeException | NumberFormatException e) {
            return NullNode.instance;
        }
        return time.isBefore(FIRST_TIME) || time.isAfter(Instant.now().plus(CLOCKS_DIFFER)) ? NullNode.instance
                : TextNode.valueOf(Times.write(time));
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

    /** A function of one argument. */
    public static Function function(String name, UnaryOperator<JsonNode> body) {
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
