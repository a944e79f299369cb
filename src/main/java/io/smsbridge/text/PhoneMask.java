package io.smsbridge.text;

import java.util.regex.Pattern;

/** What a log line may show of a text that can hold phone numbers. */
public final class PhoneMask {

    private static final Pattern NUMBER = Pattern.compile("\\+?[0-9]{3,}([0-9]{4})(?![0-9])");

    private PhoneMask() {
    }

    /** The text as one line, with every run of seven or more digits cut to its last four. */
    public static String masked(String text) {
        return text == null ? "" : NUMBER.matcher(text.replaceAll("\\s*[\\r\\n]\\s*", " ")).replaceAll("...$1");
    }
}
