package io.smsbridge.forward;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import io.smsbridge.ledger.ColumnText;
import io.smsbridge.ledger.LedgerStatement;
import org.apache.camel.util.TimeUtils;

/**
 * Which dead letters are meant; all of them where nothing is said. An operator's words: any of {@code id, downstream, account, queue,
 * reason} (a part of it), {@code olderThan} and {@code newerThan} (durations), besides {@code limit} and {@code after}, which only the
 * listing reads.
 */
record DeadLetterChoice(String id, String downstream, String account, String queue, String reason, long since, long until, int limit, String after) {

    private static final List<String> CHOICES = List.of("id", "downstream", "account", "queue", "reason", "olderThan", "newerThan");
    private static final List<String> KNOWN = Stream.concat(CHOICES.stream(), Stream.of("all", "limit", "after")).toList();
    private static final int MOST_LISTED = 1_000;
    private static final int LISTED = 100;

    /** @throws IllegalArgumentException for words that mean nothing */
    static DeadLetterChoice of(Map<String, Object> filter) {
        filter.keySet().stream().filter(name -> !KNOWN.contains(name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException(name + ": no such choice; there are " + String.join(", ", KNOWN));
        });
        String queue = text(filter, "queue");
        Long older = before(filter, "olderThan");
        Long newer = before(filter, "newerThan");
        return new DeadLetterChoice(text(filter, "id"), text(filter, "downstream"), text(filter, "account"),
                queue == null ? null : queue.replaceFirst("^dead-letters\\.", ""), text(filter, "reason"), newer == null ? 0 : newer,
                older == null ? Long.MAX_VALUE : older, limit(filter), text(filter, "after"));
    }

    /** A forgotten filter is not to mean everything; what becomes a dead letter again meanwhile is not meant. */
    static DeadLetterChoice chosen(Map<String, Object> filter, String what) {
        DeadLetterChoice choice = of(filter);
        if (CHOICES.stream().allMatch(name -> text(filter, name) == null) && !"true".equals(text(filter, "all"))) {
            throw new IllegalArgumentException("say which dead letters to " + what + ", by any of " + String.join(", ", CHOICES) + "; all=true means all of them");
        }
        return new DeadLetterChoice(choice.id, choice.downstream, choice.account, choice.queue, choice.reason, choice.since,
                Math.min(choice.until, System.currentTimeMillis() + 1), choice.limit, null);
    }

    LedgerStatement set(LedgerStatement statement) throws SQLException {
        // NUL is in no column, and PostgreSQL takes none in a parameter.
        return statement.set("id", or(id)).set("name", or(queue)).set("downstream", or(downstream)).set("account", or(account)).set("reason", or(reason))
                .set("since", since).set("until", until);
    }

    private static String or(String text) {
        return Objects.requireNonNullElse(ColumnText.whole(text), "");
    }

    private static Long before(Map<String, Object> filter, String name) {
        String text = text(filter, name);
        if (text == null) {
            return null;
        }
        if (!text.matches("[0-9]+(ms|s|m|h|d)")) {
            throw new IllegalArgumentException(name + ": '" + text + "' is no duration such as 30s, 10m, 12h or 2d");
        }
        return System.currentTimeMillis() - TimeUtils.toMilliSeconds(text);
    }

    private static int limit(Map<String, Object> filter) {
        String text = text(filter, "limit");
        if (text == null) {
            return LISTED;
        }
        if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MOST_LISTED) {
            throw new IllegalArgumentException("limit: '" + text + "' has to be a whole number from 1 to " + MOST_LISTED);
        }
        return Integer.parseInt(text);
    }

    private static String text(Map<String, Object> filter, String name) {
        Object value = filter.get(name);
        String text = value == null ? "" : value.toString().strip();
        return text.isEmpty() ? null : text;
    }
}
