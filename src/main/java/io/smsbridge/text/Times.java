package io.smsbridge.text;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

import com.fasterxml.jackson.databind.JsonNode;

/** Times as Infobip, its users and the bridge itself write them. */
public final class Times {

    /** Fraction of 0 to 9 digits, offset with or without a colon, or Z. */
    private static final DateTimeFormatter LENIENT = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd['T'][' ']HH:mm[:ss]")
            .optionalStart().appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true).optionalEnd()
            .appendPattern("[XXX][XX][X]")
            .toFormatter(Locale.ROOT);
    private static final DateTimeFormatter UTC_MILLIS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** As most times are written, 0 for a digit: read without a formatter, which takes many times as long. */
    private static final String USUAL = "0000-00-00T00:00:00.000";
    private static final List<String> USUAL_WITH_OFFSET = List.of(USUAL + "Z", USUAL + "+0000", USUAL + "-0000");

    private Times() {
    }

    /**
     * The time a text says.
     *
     * @throws DateTimeException when it can't be read, has no offset, or is of a year that has not four digits
     */
    public static Instant read(String text) {
        OffsetDateTime time = isUsual(text) ? usual(text) : OffsetDateTime.parse(text, LENIENT);
        if (time.getYear() < 1 || time.getYear() > 9998) {
            throw new DateTimeException("Written anew it would be no time that can be read again: " + text);
        }
        return time.toInstant();
    }

    private static OffsetDateTime usual(String text) {
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

    /** As 2026-11-23T10:00:00.000Z. */
    public static String write(Instant time) {
        return UTC_MILLIS.format(time);
    }

    /** As operators read it: in UTC, as all times of the bridge, to the second. */
    public static String toTheSecond(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** The time a text says as {@link #write} writes it; where it is written so, the text itself. */
    public static String rewritten(String text) {
        Instant time = read(text);
        return text.endsWith("Z") && isUsual(text) ? text : write(time);
    }

    /** Epoch milliseconds of an event's time, or the fallback where it has none that can be read. */
    public static long millis(JsonNode time, long fallback) {
        Long millis = millis(time);
        return millis == null ? fallback : millis;
    }

    /** Epoch milliseconds of an event's time; null where it has none that can be read. */
    public static Long millis(JsonNode time) {
        String text = time == null ? null : time.textValue();
        if (text == null) {
            return null;
        }
        try {
            return read(text).toEpochMilli();
        } catch (DateTimeException e) {
            return null;
        }
    }
}
