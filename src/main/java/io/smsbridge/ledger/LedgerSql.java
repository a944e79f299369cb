package io.smsbridge.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A statement of routes/sql, with its parameters by name.
 *
 * @param name  the file's name, without .sql
 * @param text  with ? for each parameter
 * @param names of the parameters in the order of the ?, each as often as it stands there
 */
record LedgerSql(String name, String text, List<String> names) {

    /** Comments and texts in quotes are passed over; :: is PostgreSQL's cast. */
    private static final Pattern TOKEN = Pattern.compile("--[^\\n]*|'(?:[^']|'')*'|::|:(\\w+)");
    /** Where PostgreSQL has to pass over rows that another bridge is taking; SQLite has one writer and does not know the words. */
    private static final String SKIP_LOCKED = "{{skip-locked}}";

    static LedgerSql parse(String name, String file, boolean postgres) {
        List<String> names = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        Matcher token = TOKEN.matcher(file.replace(SKIP_LOCKED, postgres ? "FOR UPDATE SKIP LOCKED" : ""));
        while (token.find()) {
            if (token.group(1) != null) {
                names.add(token.group(1));
                token.appendReplacement(text, "?");
            } else {
                token.appendReplacement(text, token.group().startsWith("--") ? "" : Matcher.quoteReplacement(token.group()));
            }
        }
        token.appendTail(text);
        return new LedgerSql(name, text.toString().strip(), List.copyOf(names));
    }
}
