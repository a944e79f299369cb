package io.smsbridge.ledger;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The table message: what was sent, and what became of it. */
public final class Messages {

    /** Accepted here; accepted by Infobip; taken by the recipient's operator, which may be followed by the handset's own word; ended. */
    public static final int QUEUED = 0;
    public static final int SENT = 1;
    public static final int AT_OPERATOR = 2;
    public static final int FINAL = 3;

    private static final Pattern OWN_NAMES = Pattern.compile("HTTP_[0-9]+|NO_ANSWER|NOT_MAPPED");

    private Messages() {
    }

    /** What is known of a message. */
    public record Known(String id, String account, String clientId, String state, int stage, boolean replayed, boolean wasAtOperator) {
    }

    public static Optional<Known> find(LedgerTransaction transaction, String id) throws SQLException {
        return transaction.sql("find-message").set("id", id).query(row -> new Known(row.getString("id"), row.getString("account"),
                row.getString("client_id"), row.getString("state"), row.getInt("stage"), LedgerRows.nullable(row, "replayed_at") != null, LedgerRows.nullable(row, "operator_at") != null))
                .stream().findFirst();
    }

    /**
     * Adds an event to the batch of states; {@link #record} writes them.
     *
     * @param event  of the type sent, delivered or failed
     * @param stage  one of the stages here
     * @param most   the latest stage that it may replace
     * @param time   when it happened, in epoch milliseconds
     * @param sentAt when the message was sent, in epoch milliseconds; null where nobody said: then now, unless it failed
     */
    public static void add(LedgerTransaction transaction, ObjectNode event, int stage, int most, long time, Long sentAt) throws SQLException {
        String type = event.path("type").asText();
        boolean failed = type.equals("failed");
        transaction.sql("record-state").set("seq", transaction.ids(1)).set("id", ColumnText.of(event.get("messageId")))
                .set("account", ColumnText.of(event.get("account"))).set("clientId", ColumnText.whole(event.path("meta").textValue()))
                .set("sender", ColumnText.number(event.get("from"))).set("recipient", ColumnText.number(event.get("to")))
                .set("bulkId", ColumnText.of(event.get("bulkId"))).set("state", type).set("stage", stage).set("replaces", Math.min(stage - 1, most))
                .set("reason", reason(event)).set("sentAt", sentAt != null ? sentAt : failed ? null : Long.valueOf(time))
                .set("endedAt", stage > SENT ? Long.valueOf(time) : null)
                .set("now", transaction.now()).addBatch();
    }

    /** Writes the states added, and says for each, in their order, whether it was news. */
    public static boolean[] record(LedgerTransaction transaction) throws SQLException {
        int[] changed = transaction.sql("record-state").executeBatch();
        boolean[] news = new boolean[changed.length];
        for (int i = 0; i < changed.length; i++) {
            news[i] = changed[i] > 0;
        }
        return news;
    }

    /** A final delivery of a message that its operator had taken already: its end, but nothing new to tell. */
    public static void confirm(LedgerTransaction transaction, ObjectNode event, long time) throws SQLException {
        transaction.sql("confirm-delivery").set("id", ColumnText.of(event.get("messageId"))).set("endedAt", time).set("reason", reason(event)).execute();
    }

    /** Adds what the event lacks and its message knows: account and meta. */
    public static void complete(ObjectNode event, String account, String clientId) {
        if (account != null && !event.hasNonNull("account")) {
            event.put("account", account);
        }
        if (clientId != null && !event.hasNonNull("meta")) {
            event.put("meta", clientId);
        }
    }

    /**
     * Infobip's error, where there is one, or else its status: by name, or else by description. Where Infobip named nothing, the name is the
     * bridge's own and says less than the description.
     */
    private static String reason(ObjectNode event) {
        JsonNode error = event.path("error").path("id").asInt() > 0 ? event.path("error") : event.path("none");
        JsonNode status = event.path("status");
        boolean named = status.hasNonNull("id") || !OWN_NAMES.matcher(status.path("name").asText()).matches();
        for (JsonNode said : List.of(error.path("name"), error.path("description"), status.path(named ? "name" : "description"),
                status.path(named ? "description" : "name"))) {
            if (ColumnText.of(said) != null) {
                return ColumnText.of(said);
            }
        }
        return null;
    }
}
