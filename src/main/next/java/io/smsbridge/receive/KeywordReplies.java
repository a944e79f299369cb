package io.smsbridge.receive;

import java.sql.SQLException;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.ledger.LedgerTransaction;
import io.smsbridge.ledger.Texts;
import io.smsbridge.maps.Times;

/** STOP, START and HELP: replies that are nothing but one of an account's words, and what follows on them. */
public final class KeywordReplies {

    /** The types of keywords; an account's settings for each are its words and its reply. */
    private static final List<String> TYPES = List.of("stop", "start", "help");
    private static final Pattern EDGES = Pattern.compile("^[\\s\\p{Z}\\p{P}\\p{S}\\p{C}]+|[\\s\\p{Z}\\p{P}\\p{S}\\p{C}]+$");

    private record Keyword(String type, String word) {
    }

    /** Sends what an account answers. */
    @FunctionalInterface
    public interface Answers {
        void send(LedgerTransaction transaction, String account, JsonNode request) throws SQLException;
    }

    /** By account, then by the word as {@link #bare} makes it. */
    private final Map<String, Map<String, Keyword>> words = new HashMap<>();
    /** By account, then by type. */
    private final Map<String, Map<String, String>> replies = new HashMap<>();
    private final String defaultAccount;
    private final Answers answers;

    /** @param setting gives an account's setting, by account and name; empty where it has none */
    public KeywordReplies(Iterable<String> accounts, BinaryOperator<String> setting, String defaultAccount, Answers answers) {
        this.defaultAccount = defaultAccount;
        this.answers = answers;
        for (String account : accounts) {
            Map<String, Keyword> known = new HashMap<>();
            Map<String, String> texts = new HashMap<>();
            for (String type : TYPES) {
                words(setting.apply(account, type + "Words")).forEach(word -> known.putIfAbsent(bare(word), new Keyword(type, word)));
                texts.put(type, setting.apply(account, type + "Reply"));
            }
            words.put(account, known);
            replies.put(account, texts);
        }
    }

    /** The words of a setting, separated by commas. */
    public static List<String> words(String list) {
        return Arrays.stream(list.split(",")).map(String::strip).filter(word -> !word.isEmpty()).toList();
    }

    /** Marks a reply that is a keyword, {@code keyword: {type, word}}, records an opt-out or opt-in, and sends the account's answer. */
    void heed(LedgerTransaction transaction, ObjectNode reply) throws SQLException {
        String account = account(reply);
        Map<String, Keyword> known = words.getOrDefault(account, Map.of());
        Keyword keyword = known(known, reply.get("text"));
        keyword = keyword != null ? keyword : known(known, reply.get("cleanText"));
        keyword = keyword != null || reply.hasNonNull("text") ? keyword : known(known, reply.get("infobipKeyword"));
        if (keyword == null) {
            return;
        }
        reply.putObject("keyword").put("type", keyword.type()).put("word", keyword.word());
        String writer = Texts.number(reply.get("from"));
        if (writer == null) {
            return;
        }
        if (!keyword.type().equals("help")) {
            transaction.sql("record-consent").set("account", account).set("recipient", writer).set("optedOut", keyword.type().equals("stop") ? 1 : 0)
                    .set("word", keyword.word()).set("changedAt", Times.millis(reply.get("time"), transaction.now())).execute();
        }
        String text = replies.get(account).get(keyword.type());
        if (!text.isEmpty()) {
            ObjectNode request = JsonNodeFactory.instance.objectNode().put("to", reply.get("from").asText()).put("text", text);
            if (reply.hasNonNull("to")) {
                request.put("sender", reply.get("to").asText());
            }
            answers.send(transaction, account, request);
        }
    }

    private static Keyword known(Map<String, Keyword> words, JsonNode text) {
        return text == null || text.isNull() ? null : words.get(bare(text.asText()));
    }

    /** The event's account, or the default one where nobody said which. */
    private String account(ObjectNode event) {
        String account = event.path("account").textValue();
        return account != null && words.containsKey(account) ? account : defaultAccount;
    }

    /** A word without what surrounds it, in one case for all scripts; the Turkish letters I are one. */
    public static String bare(String text) {
        String word = Normalizer.normalize(EDGES.matcher(text).replaceAll(""), Normalizer.Form.NFKC).replaceAll("\\s+", " ");
        return word.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT).replace("i\u0307", "i");
    }
}
