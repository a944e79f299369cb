package io.smsbridge.text;

import java.text.BreakIterator;
import java.util.Locale;

/** How texts are cut. */
public final class Texts {

    private Texts() {
    }

    /** Whether each half of a character stands with its other half: a text that can be written in UTF-8. */
    public static boolean isWhole(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isHighSurrogate(text.charAt(i)) || i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    /**
     * The text, or as much of its beginning as is no longer. What a reader sees as one character, such as an emoji, or a letter with its
     * marks, stays whole.
     */
    public static String cut(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        BreakIterator characters = BreakIterator.getCharacterInstance(Locale.ROOT);
        characters.setText(text);
        int end = characters.isBoundary(longest) ? longest : characters.preceding(longest);
        // Longer than all there is room for is no character, but marks without end.
        return text.substring(0, end > 0 ? end : Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest);
    }
}
