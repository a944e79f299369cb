package io.smsbridge.receive;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.ledger.ColumnText;
import io.smsbridge.ledger.Consents;
import io.smsbridge.ledger.LedgerTransaction;
import io.smsbridge.text.KeywordWords;
import io.smsbridge.text.PhoneNumbers;
import io.smsbridge.text.Times;

/** STOP, START and HELP: replies that are nothing but one of an account's words, and what follows on them. */
public final class KeywordReplies {

    /** The types of keywords; an account's settings for each are its words and its reply. */
    private static final List<String> TYPES = List.of("stop", "start", "help");


    private record Keyword(String type, String word) {
    }

    /** Sends what an account answers. */
    @FunctionalInterface
    public interface Answers {
        void send(LedgerTransaction transaction, String account, JsonNode request) throws SQLException;
    }

    /** By account, then by the word as {@link KeywordWords#bare} makes it. */
    private final Map<String, Map<String, Keyword>> words = new HashMap<>();
    /** By account, then by type. */
    private final Map<String, Map<String, String>> replies = new HashMap<>();
    private final Consents consents;
    private final String defaultAccount;
    private final Answers answers;

    /** @param setting gives an account's setting, by account and name; empty where it has none */
    public KeywordReplies(Consents consents, Iterable<String> accounts, BinaryOperator<String> setting, String defaultAccount, Answers answers) {
        this.consents = consents;
        this.defaultAccount = defaultAccount;
        this.answers = answers;
        for (String account : accounts) {
            Map<String, Keyword> known = new HashMap<>();
            Map<String, String> texts = new HashMap<>();
            for (String type : TYPES) {
                KeywordWords.of(setting.apply(account, type + "Words")).forEach(word -> known.putIfAbsent(KeywordWords.bare(word), new Keyword(type, word)));
                texts.put(type, setting.apply(account, type + "Reply"));
            }
            words.put(account, known);
            replies.put(account, texts);
        }
    }

    /** Marks a reply that is a keyword, {@code keyword: {type, word}}, records an opt-out or opt-in, and sends the account's answer. */
    void heed(LedgerTransaction transaction, ObjectNode reply) throws SQLException {
        String account = account(reply);
        Map<String, Keyword> known = words.getOrDefault(account, Map.of());
        // The text as it was written, and what Infobip leaves of it where it begins with a keyword that is set up there.
        Keyword keyword = known(known, reply.hasNonNull("text") ? reply.get("text") : reply.get("infobipKeyword"));
        keyword = keyword != null ? keyword : known(known, reply.get("cleanText"));
        if (keyword == null) {
            return;
        }
        reply.putObject("keyword").put("type", keyword.type()).put("word", keyword.word());
        String writer = ColumnText.number(reply.get("from"));
        if (writer == null) {
            return;
        }
        if (!keyword.type().equals("help")) {
            // A send to any of the writer's forms finds its own.
            for (String recipient : PhoneNumbers.forms(writer)) {
                consents.record(transaction, account, recipient, keyword.type().equals("stop"), keyword.word(),
                        Times.millis(reply.get("time"), transaction.now()));
            }
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
        return text == null || text.isNull() ? null : words.get(KeywordWords.bare(text.asText()));
    }

    /** The event's account, or the default one where nobody said which. */
    private String account(ObjectNode event) {
        String account = event.path("account").textValue();
        return account != null && words.containsKey(account) ? account : defaultAccount;
    }
}
