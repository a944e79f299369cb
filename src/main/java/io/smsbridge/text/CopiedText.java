package io.smsbridge.text;

/** What comes along when somebody copies an id or a number from a page, a sheet or a contact, and can't be seen. */
public final class CopiedText {

    private CopiedText() {
    }

    /** The text without blanks and line ends at its edges, of any kind, and without Unicode's invisible marks (Cf) wherever they stand. */
    public static String cleaned(String text) {
        if (isClean(text)) {
            return text;
        }
        StringBuilder seen = new StringBuilder(text.length());
        text.codePoints().filter(c -> Character.getType(c) != Character.FORMAT).forEach(seen::appendCodePoint);
        return trimmed(seen.toString());
    }

    /** The text without what can't be seen at its edges: blanks, line ends and marks. */
    public static String trimmed(String text) {
        int begin = 0;
        int end = text.length();
        while (begin < end && isUnseen(text.codePointAt(begin))) {
            begin += Character.charCount(text.codePointAt(begin));
        }
        while (begin < end && isUnseen(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(begin, end);
    }

    /** The text with all but printable ASCII as \\uXXXX, so that an answer shows what its reader would not see, or would take for something else. */
    public static String shown(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        for (char c : text.toCharArray()) {
            if (c >= ' ' && c <= '~') {
                shown.append(c);
            } else {
                shown.append(String.format("\\u%04X", (int) c));
            }
        }
        return shown.toString();
    }

    /** As nearly all are: a look at each character is enough. */
    private static boolean isClean(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > '~' || c < ' ' || c == ' ' && (i == 0 || i == text.length() - 1)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isUnseen(int c) {
        return switch (Character.getType(c)) {
            case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.CONTROL, Character.FORMAT -> true;
            default -> false;
        };
    }
}
