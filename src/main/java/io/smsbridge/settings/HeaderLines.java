package io.smsbridge.settings;

import java.util.LinkedHashMap;
import java.util.Map;

/** The setting {@code headers}. */
public final class HeaderLines {

    private HeaderLines() {
    }

    /** {@code Name: value, Other: value}. */
    public static Map<String, String> parse(String text) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line : text.split(",")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
            }
        }
        return headers;
    }
}
