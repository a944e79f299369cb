package io.smsbridge;

import java.util.regex.Pattern;

/** Bean {@code mask}: what a log line may show of a text that can hold phone numbers. */
public final class Mask {

    private static final Pattern NUMBER = Pattern.compile("\\+?[0-9]{3,}([0-9]{4})(?![0-9])");

    /** The text as one line, with every run of seven or more digits cut to its last four. */
    public String numbers(String text) {
        return text == null ? "" : NUMBER.matcher(text.replaceAll("\\s*[\\r\\n]\\s*", " ")).replaceAll("...$1");
    }
}
