package io.smsbridge.text;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The words of STOP, START and HELP, as settings list them and as people write them. */
public final class KeywordWords {

    private static final Pattern EDGES = Pattern.compile("^[\\s\\p{Z}\\p{P}\\p{S}\\p{C}]+|[\\s\\p{Z}\\p{P}\\p{S}\\p{C}]+$");
    private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Z}\\p{Pd}]+");

    private KeywordWords() {
    }

    /** The words of a setting, separated by commas. */
    public static List<String> of(String list) {
        return Arrays.stream(list.split(",")).map(String::strip).filter(word -> !word.isEmpty()).toList();
    }

    /** A word without what surrounds it and what can't be seen, in one case for all scripts; hyphens are blanks, and the Turkish letters I are one. */
    public static String bare(String text) {
        String word = EDGES.matcher(Normalizer.normalize(CopiedText.cleaned(text), Normalizer.Form.NFKC)).replaceAll("");
        word = BLANKS.matcher(word).replaceAll(" ");
        return word.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT).replace("i\u0307", "i");
    }
}
