package io.smsbridge.ledger;

import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.text.PhoneNumbers;
import io.smsbridge.text.Texts;

/** ColumnText as the ledger's columns take them. */
public final class ColumnText {

    /** What an index takes in PostgreSQL, with room: no text from outside may make an insert fail. */
    private static final int LONGEST = 500;

    private ColumnText() {
    }

    /** A field's text or number as text; null where there is none. Half a character and NUL, which no database takes, are left out. */
    public static String of(JsonNode value) {
        return value == null || value.isNull() || value.isMissingNode() || value.isContainerNode() ? null : of(value.asText());
    }

    public static String of(String value) {
        return value == null ? null : whole(Texts.cut(value, LONGEST));
    }

    /** The same for a column that no index takes as a whole. */
    public static String whole(String text) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == 0 || Character.isSurrogate(text.charAt(i))) {
                return new String(text.replace("\0", "").getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
            }
        }
        return text;
    }

    /** A number or name in the one form that both sides of a comparison have. */
    public static String number(JsonNode value) {
        return number(of(value));
    }

    /** The same of a text. */
    public static String number(String value) {
        return value == null || value.isEmpty() ? null : of(PhoneNumbers.normal(of(value)));
    }
}
