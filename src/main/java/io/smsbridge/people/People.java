package io.smsbridge.people;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.ledger.Consents;
import io.smsbridge.ledger.LedgerDatabase;
import io.smsbridge.ledger.LedgerRows;
import io.smsbridge.ledger.LedgerTransaction;
import io.smsbridge.ledger.WaitingRows;
import io.smsbridge.text.PhoneMask;
import io.smsbridge.text.PhoneNumbers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the ledger keeps about one person, shown and erased. Each call leaves a line in the log. */
final class People {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.people");

    private record Body(String id, String queue, String reason, int items, byte[] body) {
    }

    /** What waits, or a dead letter, with the items of it that are the person's. */
    private record Found(String id, String queue, String reason, Mentions.Parts parts) {
    }

    private final LedgerDatabase ledger;
    private final WaitingRows rows;
    private final Consents consents;
    private final Collection<String> accounts;

    People(LedgerDatabase ledger, Consents consents, Collection<String> accounts) {
        this.accounts = accounts;
        this.ledger = ledger;
        this.rows = new WaitingRows(ledger);
        this.consents = consents;
    }

    /**
     * {@code {number, messages, counts, consents, waiting, deadLetters}}.
     *
     * @param number digits of the E.164 form; its other form is looked for, too
     * @param user   who asks, for the log
     */
    Map<String, Object> show(String number, String user) throws SQLException {
        List<String> forms = PhoneNumbers.forms(number);
        Mentions mentions = new Mentions(forms);
        Map<String, Map<String, Object>> messages = new LinkedHashMap<>();
        List<Map<String, Object>> words = new ArrayList<>();
        List<Map<String, Object>> counts = new ArrayList<>();
        for (String form : forms) {
            ledger.query("find-messages-of-person", statement -> statement.set("recipient", form), row -> message(messages, row));
            consents.of(form).forEach(consent -> words.add(shown(consent)));
            for (String account : accounts) {
                counts.addAll(ledger.query("find-accepted-counts", statement -> statement.set("account", account).set("recipient", form), People::count));
            }
        }
        List<Found> waiting = waiting(mentions);
        List<Found> letters = letters(mentions);
        LOG.info("{} shown to {}: {} messages, {} opt-outs or opt-ins, waiting in {} places, {} dead letters", PhoneMask.masked(number), user,
                messages.size(), words.size(), waiting.size(), letters.size());
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("number", number);
        answer.put("messages", List.copyOf(messages.values()));
        answer.put("counts", counts);
        answer.put("consents", words);
        answer.put("waiting", waiting.stream().map(People::shown).toList());
        answer.put("deadLetters", letters.stream().map(People::shown).toList());
        return answer;
    }

    /**
     * {@code {messages, consents, outbox, deadLetters, waiting}}: how many were erased, and how many rows of the outbox still hold the person, as
     * they are in a call, in another bridge's hands, or for somebody else with the number in its text.
     */
    Map<String, Object> erase(String number, String user) throws Exception {
        List<String> forms = PhoneNumbers.forms(number);
        Mentions mentions = new Mentions(forms);
        int[] erased = ledger.writer().call(transaction -> {
            int messages = 0;
            int words = 0;
            for (String form : forms) {
                transaction.sql("erase-event-reasons").set("recipient", form).execute();
                messages += transaction.sql("erase-messages").set("recipient", form).execute();
                words += consents.erase(transaction, form);
                for (String account : accounts) {
                    transaction.sql("erase-accepted-counts").set("account", account).set("recipient", form).execute();
                }
            }
            return new int[] {messages, words};
        });
        // What is given up meanwhile leaves the outbox and becomes a dead letter: looked for in this order, it is in one of both.
        int outbox = 0;
        int waiting = 0;
        for (WaitingRows.Row row : waitingRows(mentions)) {
            boolean taken = takeOut(row, mentions);
            outbox += taken ? 1 : 0;
            waiting += taken && row.items().stream().noneMatch(item -> !mentions.isAbout(item) && mentions.in(item)) ? 0 : 1;
        }
        int letters = 0;
        for (Found letter : letters(mentions)) {
            letters += ledger.writer().call(transaction -> erase(transaction, mentions, letter.id()));
        }
        LOG.info("{} erased by {}: {} messages, {} opt-outs or opt-ins, waiting in {} places, {} dead letters; still waiting in {} places",
                PhoneMask.masked(number), user, erased[0], erased[1], outbox, letters, waiting);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("messages", erased[0]);
        answer.put("consents", erased[1]);
        answer.put("outbox", outbox);
        answer.put("deadLetters", letters);
        answer.put("waiting", waiting);
        return answer;
    }

    /** Whoever else is in the row goes on waiting. A message of the person that was never sent has failed. */
    private boolean takeOut(WaitingRows.Row row, Mentions mentions) throws Exception {
        List<ObjectNode> theirs = row.items().stream().filter(mentions::isAbout).toList();
        List<ObjectNode> left = row.items().stream().filter(item -> !mentions.isAbout(item)).toList();
        return !theirs.isEmpty() && rows.takeOut(row, left, transaction -> {
            if (row.queue().equals("sends")) {
                for (ObjectNode send : theirs) {
                    transaction.sql("fail-erased").set("id", send.path("messageId").asText()).set("now", transaction.now()).execute();
                }
            }
        });
    }

    /** Read again: it may have been replayed or changed since it was found. */
    private static int erase(LedgerTransaction transaction, Mentions mentions, String id) throws SQLException {
        for (Body letter : transaction.sql("find-letter-bodies").set("after", "").set("id", id).query(People::body)) {
            Mentions.Parts parts = mentions.parts(letter.body());
            if (parts != null && parts.rest() == null) {
                return transaction.sql("remove-dead-letter").set("id", id).execute();
            }
            if (parts != null || mentions.in(letter.reason())) {
                return transaction.sql("change-dead-letter").set("id", id).set("body", parts == null ? letter.body() : parts.rest())
                        .set("items", parts == null ? letter.items() : parts.left())
                        .set("reason", mentions.in(letter.reason()) ? PhoneMask.masked(letter.reason()) : letter.reason()).execute();
            }
        }
        return 0;
    }

    private List<Found> waiting(Mentions mentions) throws SQLException {
        return waitingRows(mentions).stream()
                .map(row -> new Found(String.valueOf(row.id()), row.queue() + "." + row.target(), null, mentions.parts(row.body()))).toList();
    }

    private List<WaitingRows.Row> waitingRows(Mentions mentions) throws SQLException {
        List<WaitingRows.Row> found = new ArrayList<>();
        List<WaitingRows.Row> part = rows.after(0);
        while (!part.isEmpty()) {
            part.stream().filter(row -> mentions.parts(row.body()) != null).forEach(found::add);
            part = rows.after(part.get(part.size() - 1).id());
        }
        return found;
    }

    private List<Found> letters(Mentions mentions) throws SQLException {
        List<Found> found = new ArrayList<>();
        String after = "";
        List<Body> part;
        do {
            String from = after;
            part = ledger.query("find-letter-bodies", statement -> statement.set("after", from).set("id", ""), People::body);
            add(found, mentions, part);
            after = part.isEmpty() ? after : part.get(part.size() - 1).id();
        } while (!part.isEmpty());
        return found;
    }

    private static void add(List<Found> found, Mentions mentions, List<Body> bodies) {
        for (Body one : bodies) {
            Mentions.Parts parts = mentions.parts(one.body());
            if (parts != null || mentions.in(one.reason())) {
                found.add(new Found(one.id(), one.queue(), one.reason(), parts));
            }
        }
    }

    private static Body body(ResultSet row) throws SQLException {
        return new Body(row.getString("id"), row.getString("queue") + "." + row.getString("target"), row.getString("reason"), row.getInt("items"),
                row.getBytes("body"));
    }

    private static Object message(Map<String, Map<String, Object>> messages, ResultSet row) throws SQLException {
        Map<String, Object> message = messages.computeIfAbsent(row.getString("id"), id -> new LinkedHashMap<>());
        if (message.isEmpty()) {
            message.put("messageId", row.getString("id"));
            put(message, "meta", row.getString("client_id"));
            put(message, "account", row.getString("account"));
            put(message, "from", row.getString("sender"));
            put(message, "to", row.getString("recipient"));
            put(message, "caller", row.getString("caller"));
            put(message, "bulkId", row.getString("bulk_id"));
            put(message, "state", row.getString("state"));
            put(message, "reason", row.getString("reason"));
            for (String time : List.of("queued", "sent", "operator", "ended", "recorded")) {
                put(message, time + "At", time(LedgerRows.nullable(row, time + "_at")));
            }
            message.put("events", new ArrayList<Map<String, Object>>());
        }
        if (row.getString("type") != null) {
            Map<String, Object> event = new LinkedHashMap<>();
            event.put("type", row.getString("type"));
            event.put("time", time(row.getLong("happened_at")));
            put(event, "reason", row.getString("event_reason"));
            @SuppressWarnings("unchecked")
            List<Map<String, Object>> events = (List<Map<String, Object>>) message.get("events");
            events.add(event);
        }
        return message;
    }

    private static Map<String, Object> count(ResultSet row) throws SQLException {
        Map<String, Object> count = new LinkedHashMap<>();
        count.put("account", row.getString("name"));
        count.put("from", time(row.getLong("starts_at")));
        count.put("until", time(row.getLong("ends_at")));
        count.put("accepted", row.getLong("accepted"));
        return count;
    }

    private static Map<String, Object> shown(Consents.Consent consent) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("account", consent.account());
        shown.put("optedOut", consent.optedOut());
        shown.put("word", consent.word());
        shown.put("time", time(consent.changedAt()));
        shown.put("erased", consent.erased());
        return shown;
    }

    private static Map<String, Object> shown(Found found) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("id", found.id());
        shown.put("queue", found.queue());
        put(shown, "reason", found.reason());
        List<JsonNode> items = found.parts() == null ? List.of() : found.parts().items();
        shown.put("items", items);
        return shown;
    }

    private static void put(Map<String, Object> map, String name, Object value) {
        if (value != null) {
            map.put(name, value);
        }
    }

    private static String time(Long millis) {
        return millis == null ? null : Instant.ofEpochMilli(millis).toString();
    }
}
