package io.smsbridge.maps;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;

import com.fasterxml.jackson.databind.JsonNode;

/** Times as events have them. */
public final class Times {

    /** Fraction of 0 to 9 digits, offset with or without a colon, or Z. */
    private static final DateTimeFormatter LENIENT = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd['T'][' ']HH:mm[:ss]")
            .optionalStart().appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true).optionalEnd()
            .appendPattern("[XXX][XX][X]")
            .toFormatter(Locale.ROOT);
    private static final DateTimeFormatter UTC_MILLIS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Times() {
    }

    /** The time a text says. Throws DateTimeException when it can't be read or has no offset. */
    public static Instant read(String text) {
        return OffsetDateTime.parse(text, LENIENT).toInstant();
    }

    /** As 2026-11-23T10:00:00.000Z. */
    public static String write(Instant time) {
        return UTC_MILLIS.format(time);
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
            return Instant.parse(text).toEpochMilli();
        } catch (DateTimeException e) {
            return null;
        }
    }
}
