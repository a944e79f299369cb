package io.smsbridge.text;

import java.text.BreakIterator;
import java.util.Locale;

/** How texts are cut. */
public final class Texts {

    private Texts() {
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
