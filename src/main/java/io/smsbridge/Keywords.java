package io.smsbridge;

import java.text.Normalizer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.smsbridge.Settings.Block;
import io.smsbridge.Settings.Kind;

/** Bean {@code keywords}: replies that are one of an account's words, such as STOP, and what follows on them. */
public final class Keywords {

    /** The types of keywords; an account's settings for each are its words and its reply. */
    private static final List<String> TYPES = List.of("stop", "start", "help");
    private static final Pattern EDGES = Pattern.compile("^[\\s\\p{Z}\\p{P}\\p{S}\\p{C}]+|[\\s\\p{Z}\\p{P}\\p{S}\\p{C}]+$");
    private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Z}\\p{Pd}]+");

    private record Keyword(String type, String word) {
    }

    /** By account, then by the word as {@link #bare} makes it. */
    private final Map<String, Map<String, Keyword>> words = new HashMap<>();
    /** By account, then by type. */
    private final Map<String, Map<String, String>> replies = new HashMap<>();
    private final String defaultAccount;

    Keywords(Settings settings) {
        defaultAccount = settings.get("sms.default-account");
        for (Block account : settings.blocks(Kind.ACCOUNT)) {
            Map<String, Keyword> known = new HashMap<>();
            for (String type : TYPES) {
                words(account, type).forEach(word -> known.putIfAbsent(bare(word), new Keyword(type, word)));
                replies.computeIfAbsent(account.name(), name -> new HashMap<>()).put(type, account.get(type + "Reply"));
            }
            words.put(account.name(), known);
        }
    }

    static List<String> words(Block account, String type) {
        return Arrays.stream(account.get(type + "Words").split(",")).map(String::strip).filter(word -> !word.isEmpty()).toList();
    }

    /**
     * Gives each replied event whose text, or cleanText, is nothing but a keyword {@code keyword: {type, word}}; type is stop, start or help.
     *
     * @return the same events
     */
    public List<Map<String, Object>> mark(List<Map<String, Object>> events) {
        for (Map<String, Object> event : events) {
            Map<String, Keyword> known = words.getOrDefault(account(event), Map.of());
            said(event).map(text -> known.get(bare(text.toString()))).filter(Objects::nonNull).findFirst().ifPresent(keyword ->
                    event.put("keyword", new LinkedHashMap<>(Map.of("type", keyword.type(), "word", keyword.word()))));
        }
        return events;
    }

    /** The text as it was written, and what Infobip leaves of it where it begins with a keyword that is set up there. */
    private static Stream<Object> said(Map<String, Object> event) {
        Object text = event.get("text") != null ? event.get("text") : event.get("infobipKeyword");
        return Stream.of(text, event.get("cleanText")).filter(Objects::nonNull);
    }

    /** Rows for record-consents.sql, of the marked events that are STOP or START. */
    public List<Map<String, Object>> consents(List<Map<String, Object>> events) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Map<String, Object> event : events) {
            if (event.get("keyword") instanceof Map<?, ?> keyword && !keyword.get("type").equals("help") && Ledger.number(event.get("from")) != null) {
                // A send to any of the forms finds its own.
                PhoneNumbers.forms(Ledger.number(event.get("from"))).forEach(recipient -> rows.add(Map.of("account", account(event),
                        "recipient", recipient,
                        "optedOut", keyword.get("type").equals("stop") ? 1 : 0,
                        "word", keyword.get("word"),
                        "changedAt", Instant.parse((String) event.get("time")).toEpochMilli())));
            }
        }
        return rows;
    }

    /** Send requests {account, to, text, sender}: the account's reply to each marked event, where it has one, from the number written to. */
    public List<Document> replies(List<Map<String, Object>> events) {
        List<Document> sends = new ArrayList<>();
        for (Map<String, Object> event : events) {
            if (event.get("keyword") instanceof Map<?, ?> keyword && event.get("from") != null) {
                String text = replies.get(account(event)).get(keyword.get("type"));
                if (!text.isEmpty()) {
                    Document send = new Document();
                    send.put("account", account(event));
                    send.put("to", event.get("from"));
                    send.put("text", text);
                    send.put("sender", event.get("to"));
                    sends.add(send);
                }
            }
        }
        return sends;
    }

    /** The event's account, or the default one where nobody said which. */
    private String account(Map<String, Object> event) {
        Object account = event.get("account");
        return account instanceof String name && words.containsKey(name) ? name : defaultAccount;
    }

    /** A word without what surrounds it and what can't be seen, in one case for all scripts; hyphens are blanks, and the Turkish letters I are one. */
    static String bare(String text) {
        String word = EDGES.matcher(Normalizer.normalize(CopiedText.cleaned(text), Normalizer.Form.NFKC)).replaceAll("");
        word = BLANKS.matcher(word).replaceAll(" ");
        return word.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT).replace("i\u0307", "i");
    }
}
