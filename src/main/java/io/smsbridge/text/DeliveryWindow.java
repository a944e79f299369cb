package io.smsbridge.text;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** When a message may reach its recipient, in UTC: as Infobip's deliveryTimeWindow, or as the text MONDAY-FRIDAY 09:00-20:00. */
public final class DeliveryWindow {

    public static final String FORM = "days and hours in UTC, at least one hour apart, such as MONDAY-FRIDAY 09:00-20:00";

    private static final List<String> DAYS = List.of("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY");
    private static final Pattern TEXT = Pattern.compile("([A-Z]+(?:\\s*[-,]\\s*[A-Z]+)*)(?:\\s+([0-9]{1,2}):([0-5][0-9])\\s*-\\s*([0-9]{1,2}):([0-5][0-9]))?");
    private static final int HOUR = 60;
    private static final int DAY = 24 * HOUR;

    private DeliveryWindow() {
    }

    /** The window in Infobip's form; null where the value says none. */
    public static ObjectNode of(JsonNode value) {
        return value.isTextual() ? ofText(value.textValue()) : value.isObject() ? ofObject(value) : null;
    }

    public static ObjectNode ofText(String text) {
        Matcher parts = TEXT.matcher(text.strip().toUpperCase(Locale.ROOT));
        if (!parts.matches()) {
            return null;
        }
        Set<String> days = new LinkedHashSet<>();
        for (String range : parts.group(1).split(",")) {
            List<Integer> ends = Arrays.stream(range.split("-")).map(String::strip).map(DAYS::indexOf).toList();
            if (ends.size() > 2 || ends.contains(-1)) {
                return null;
            }
            int first = ends.get(0);
            int length = Math.floorMod(ends.get(ends.size() - 1) - first, DAYS.size());
            for (int i = 0; i <= length; i++) {
                days.add(DAYS.get((first + i) % DAYS.size()));
            }
        }
        return parts.group(2) == null ? window(days, null, null)
                : window(days, time(parts.group(2), parts.group(3)), time(parts.group(4), parts.group(5)));
    }

    private static Integer time(String hour, String minute) {
        return Integer.parseInt(hour) * HOUR + Integer.parseInt(minute);
    }

    /** A field that Infobip does not know, such as a time zone, would be passed over in silence: it is refused with the rest. */
    private static ObjectNode ofObject(JsonNode value) {
        Set<String> days = new LinkedHashSet<>();
        for (JsonNode day : value.path("days")) {
            days.add(day.asText().toUpperCase(Locale.ROOT));
        }
        if (!value.path("days").isArray() || !DAYS.containsAll(days) || !hasOnly(value, Set.of("days", "from", "to"))
                || value.hasNonNull("from") != value.hasNonNull("to")) {
            return null;
        }
        if (!value.hasNonNull("from")) {
            return window(days, null, null);
        }
        return isTime(value.get("from")) && isTime(value.get("to")) ? window(days, minutes(value.get("from")), minutes(value.get("to"))) : null;
    }

    private static boolean isTime(JsonNode time) {
        JsonNode hour = time.path("hour");
        JsonNode minute = time.path("minute");
        return hasOnly(time, Set.of("hour", "minute")) && hour.isInt() && hour.intValue() >= 0 && hour.intValue() < 24
                && minute.isInt() && minute.intValue() >= 0 && minute.intValue() < HOUR;
    }

    private static int minutes(JsonNode time) {
        return time.get("hour").intValue() * HOUR + time.get("minute").intValue();
    }

    private static boolean hasOnly(JsonNode object, Set<String> names) {
        boolean[] only = {true};
        object.fieldNames().forEachRemaining(name -> only[0] &= names.contains(name));
        return only[0];
    }

    private static ObjectNode window(Set<String> days, Integer from, Integer to) {
        if (days.isEmpty() || from != null && (from >= DAY || to >= DAY || Math.abs(to - from) < HOUR || Math.floorMod(to - from, DAY) < HOUR)) {
            return null;
        }
        ObjectNode window = JsonNodeFactory.instance.objectNode();
        days.forEach(window.putArray("days")::add);
        if (from != null) {
            window.putObject("from").put("hour", from / HOUR).put("minute", from % HOUR);
            window.putObject("to").put("hour", to / HOUR).put("minute", to % HOUR);
        }
        return window;
    }
}
