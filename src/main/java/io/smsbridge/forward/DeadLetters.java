package io.smsbridge.forward;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.ledger.DeadLetter;
import io.smsbridge.ledger.LedgerDatabase;
import io.smsbridge.ledger.LedgerStatement;
import io.smsbridge.ledger.LedgerTransaction;
import io.smsbridge.ledger.Outbox;
import io.smsbridge.text.PhoneMask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bean {@code deadLetters}: lists, replays and discards what was given up. A letter is taken and put back in one commit. */
public final class DeadLetters {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.dead-letters");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SHOWN = 500;
    /** Letters in one transaction. */
    private static final int BATCH = 50;

    /** Records a webhook, or an element of one, as if it came now. */
    @FunctionalInterface
    public interface Webhooks {
        void record(String kind, String account, byte[] body) throws Exception;
    }

    private final LedgerDatabase ledger;
    private final Set<String> accounts;
    private final Set<String> downstreams;
    private final Webhooks webhooks;

    public DeadLetters(LedgerDatabase ledger, Set<String> accounts, Set<String> downstreams, Webhooks webhooks) {
        this.ledger = ledger;
        this.accounts = accounts;
        this.downstreams = downstreams;
        this.webhooks = webhooks;
    }

    /** {@code {letters, total, next}}: as many as {@code limit} says, each queue's oldest first, and from which id to go on. */
    public Map<String, Object> list(Map<String, Object> filter) throws SQLException {
        DeadLetterChoice choice = DeadLetterChoice.of(filter);
        DeadLetter after = choice.after() == null ? null : find(choice.after());
        if (choice.after() != null && after == null) {
            throw new IllegalArgumentException("after: no dead letter among those asked for has this id; it may have been replayed or discarded");
        }
        List<DeadLetter> found = find(choice, after, choice.limit() + 1);
        List<Map<String, Object>> letters = new ArrayList<>();
        found.stream().limit(choice.limit()).forEach(letter -> letters.add(shown(letter, true)));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("total", ledger.query("count-dead-letters", choice::set, row -> row.getLong(1)).get(0));
        answer.put("letters", letters);
        if (found.size() > choice.limit()) {
            answer.put("next", letters.get(letters.size() - 1).get("id"));
        }
        return answer;
    }

    /** One letter as it is, with its payload and every number in it. */
    public Map<String, Object> letter(String id) throws SQLException {
        DeadLetter letter = find(id);
        if (letter == null) {
            throw missing(id);
        }
        return shown(letter, false);
    }

    /** {@code {queues: {queue: letters}, reasons: {reason: letters}}}, without those that have none. */
    public Map<String, Map<String, Long>> counts() throws SQLException {
        Map<String, Long> queues = new TreeMap<>();
        Map<String, Long> reasons = new TreeMap<>();
        ledger.query("dead-letter-reasons", statement -> { }, row -> {
            queues.merge("dead-letters." + row.getString(1) + "." + row.getString(2), row.getLong(4), Long::sum);
            reasons.merge(PhoneMask.masked(row.getString(3)), row.getLong(4), Long::sum);
            return null;
        });
        Map<String, Map<String, Long>> counts = new LinkedHashMap<>();
        counts.put("queues", queues);
        counts.put("reasons", reasons);
        return counts;
    }

    /** Puts the letters meant back to where they come from: {@code {replayed, notReplayed: [{queue, letters, reason}]}}. */
    public Map<String, Object> replay(Map<String, Object> filter) throws Exception {
        DeadLetterChoice choice = DeadLetterChoice.chosen(filter, "replay");
        Map<String, Map<String, Object>> obstacles = new LinkedHashMap<>();
        long replayed = 0;
        DeadLetter after = null;
        List<DeadLetter> part;
        while (!(part = find(choice, after, BATCH)).isEmpty()) {
            after = part.get(part.size() - 1);
            List<DeadLetter> replayable = new ArrayList<>();
            for (DeadLetter letter : part) {
                String obstacle = obstacle(letter);
                if (obstacle == null) {
                    replayable.add(letter);
                } else {
                    String queue = letter.queue() + "." + letter.target();
                    obstacles.computeIfAbsent(queue + obstacle, key -> new LinkedHashMap<>(Map.of("queue", queue, "reason", obstacle)))
                            .merge("letters", 1L, (one, more) -> (Long) one + (Long) more);
                }
            }
            replayed += replay(replayable);
        }
        demandFound(choice, replayed + obstacles.size());
        LOG.info("replayed {} dead letters ({})", replayed, PhoneMask.masked(filter.toString()));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("replayed", replayed);
        answer.put("notReplayed", List.copyOf(obstacles.values()));
        return answer;
    }

    /** Takes the letters meant away for good: {@code {discarded}}. */
    public Map<String, Object> discard(Map<String, Object> filter) throws Exception {
        DeadLetterChoice choice = DeadLetterChoice.chosen(filter, "discard");
        long discarded = 0;
        List<DeadLetter> part;
        while (!(part = find(choice, null, BATCH)).isEmpty()) {
            List<DeadLetter> all = part;
            discarded += ledger.writer().call(transaction -> {
                int removed = 0;
                for (DeadLetter letter : all) {
                    removed += remove(transaction, letter);
                }
                return removed;
            });
        }
        demandFound(choice, discarded);
        LOG.info("discarded {} dead letters ({})", discarded, PhoneMask.masked(filter.toString()));
        return Map.of("discarded", discarded);
    }

    private long replay(List<DeadLetter> letters) throws Exception {
        long replayed = 0;
        for (DeadLetter letter : letters) {
            if (letter.queue().equals("webhooks")) {
                webhooks.record(letter.target(), letter.account(), letter.body());
                replayed += ledger.writer().call(transaction -> remove(transaction, letter));
            }
        }
        return replayed + ledger.writer().call(transaction -> {
            long put = 0;
            for (DeadLetter letter : letters) {
                if (!letter.queue().equals("webhooks") && remove(transaction, letter) == 1) {
                    putBack(transaction, letter);
                    put++;
                }
            }
            return put;
        });
    }

    private static int remove(LedgerTransaction transaction, DeadLetter letter) throws SQLException {
        return transaction.sql("remove-dead-letter").set("id", letter.id()).execute();
    }

    private void putBack(LedgerTransaction transaction, DeadLetter letter) throws SQLException {
        List<ObjectNode> items = items(letter);
        if (letter.queue().equals("sends")) {
            items = reopened(transaction, letter, items);
        }
        if (!items.isEmpty()) {
            ledger.outbox().put(transaction, letter.queue(), List.of(letter.target()),
                    new Outbox.Entry(letter.lane(), letter.grouping(), 0, 0, letter.requestId(), letter.receivedAt(), 0, null, items));
        }
    }

    /** Those that may go out: whoever was not reported on since the call was given up. One that the ledger has forgotten goes out, too. */
    private static List<ObjectNode> reopened(LedgerTransaction transaction, DeadLetter letter, List<ObjectNode> sends) throws SQLException {
        List<ObjectNode> left = new ArrayList<>();
        for (ObjectNode send : sends) {
            String id = send.path("messageId").asText();
            transaction.sql("note-given-up").set("id", id).set("letter", letter.id()).set("now", transaction.now()).execute();
            int reopened = transaction.sql("reopen-message").set("id", id).set("letter", letter.id()).set("now", transaction.now()).execute();
            boolean known = !transaction.sql("find-message").set("id", id).query(row -> row.getString("state")).stream()
                    .allMatch(state -> state.equals("queued"));
            if (reopened == 1 || !known) {
                left.add(send);
            }
        }
        if (left.size() < sends.size()) {
            LOG.info("account {}: of {} recipients replayed, {} are sent; Infobip has reported on the others since they were given up", letter.target(),
                    sends.size(), left.size());
        }
        return left;
    }

    private static List<ObjectNode> items(DeadLetter letter) {
        List<ObjectNode> items = new ArrayList<>();
        JsonNode tree = json(letter.body());
        if (tree != null) {
            tree.forEach(item -> items.add((ObjectNode) item));
        }
        return items;
    }

    private String obstacle(DeadLetter letter) {
        if (letter.notReplayable() != null) {
            return letter.notReplayable();
        }
        if (letter.queue().equals("events") && !downstreams.contains(letter.target())) {
            return "there is no downstream " + letter.target() + " in the settings";
        }
        if (letter.queue().equals("sends") && !accounts.contains(letter.target())) {
            return "there is no account " + letter.target() + " in the settings";
        }
        return null;
    }

    private static void demandFound(DeadLetterChoice choice, long found) {
        if (found == 0 && choice.id() != null) {
            throw missing(choice.id());
        }
    }

    private static NoSuchElementException missing(String id) {
        return new NoSuchElementException("no dead letter has the id " + id + "; it may have been replayed or discarded");
    }

    private DeadLetter find(String id) throws SQLException {
        return find(DeadLetterChoice.of(Map.of("id", id)), null, 1).stream().findFirst().orElse(null);
    }

    private List<DeadLetter> find(DeadLetterChoice choice, DeadLetter after, int limit) throws SQLException {
        return ledger.query("list-dead-letters", statement -> after(choice.set(statement).set("limit", limit), after),
                row -> new DeadLetter(row.getString("id"), row.getString("queue"), row.getString("target"), row.getString("account"),
                        row.getString("reason"), row.getInt("attempts"), row.getLong("first_failed_at"), row.getLong("last_failed_at"),
                        row.getInt("items"), row.getInt("lane"), row.getString("grouping"), row.getString("request_id"), row.getLong("received_at"),
                        row.getString("not_replayable"), row.getBytes("body")));
    }

    private static void after(LedgerStatement statement, DeadLetter after) throws SQLException {
        statement.set("afterId", after == null ? "" : after.id()).set("afterQueue", after == null ? "" : after.queue())
                .set("afterTarget", after == null ? "" : after.target()).set("afterTime", after == null ? 0 : after.lastFailedAt());
    }

    private Map<String, Object> shown(DeadLetter letter, boolean masked) {
        JsonNode json = json(letter.body());
        String text = new String(letter.body(), StandardCharsets.UTF_8);
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("id", letter.id());
        shown.put("queue", letter.queue() + "." + letter.target());
        if (letter.queue().equals("events")) {
            shown.put("downstream", letter.target());
        }
        if (letter.account() != null) {
            shown.put("account", letter.account());
        }
        shown.put("reason", masked ? PhoneMask.masked(letter.reason()) : letter.reason());
        shown.put("attempts", letter.attempts());
        shown.put("firstFailedAt", time(letter.firstFailedAt()));
        shown.put("lastFailedAt", time(letter.lastFailedAt()));
        shown.put("items", items(letter, json));
        String obstacle = obstacle(letter);
        shown.put("replayable", obstacle == null);
        if (obstacle != null) {
            shown.put("whyNot", obstacle);
        }
        if (masked) {
            String safe = PhoneMask.masked(text);
            shown.put("payload", safe.length() > SHOWN ? safe.substring(0, SHOWN) + "..." : safe);
        } else {
            shown.put("payload", json == null ? text : json);
        }
        return shown;
    }

    private static int items(DeadLetter letter, JsonNode json) {
        return letter.queue().equals("webhooks") && json != null && json.path("results").isArray() ? json.get("results").size() : letter.items();
    }

    private static String time(long millis) {
        return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private static JsonNode json(byte[] body) {
        try {
            JsonNode json = JSON.readTree(body);
            return json.isMissingNode() ? null : json;
        } catch (IOException e) {
            return null;
        }
    }
}
