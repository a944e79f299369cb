package io.smsbridge.send;

import java.util.regex.Pattern;

/** Blanks and marks that nobody sees, and that come along when something is copied. */
final class Blanks {

    private static final Pattern AROUND = Pattern.compile("^[\\s\\p{Z}\\p{Cf}\\p{Cc}]+|[\\s\\p{Z}\\p{Cf}\\p{Cc}]+$");

    private Blanks() {
    }

    static String strip(String text) {
        return AROUND.matcher(text).replaceAll("");
    }

    static boolean isBlank(String text) {
        return strip(text).isEmpty();
    }
}
