package io.smsbridge.console;

import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.ledger.ColumnText;
import io.smsbridge.ledger.LedgerDatabase;
import io.smsbridge.maps.Maps;
import io.smsbridge.send.MessageHistory;
import io.smsbridge.text.PhoneMask;

/** Finds messages for an operator. */
final class MessageSearch {

    /** Among how many of the newest messages the last digits of a number are looked for: a fraction of a second. */
    static final int AMONG = 100_000;
    private static final int FOUND = 20;
    private static final int FEWEST_DIGITS = 4;
    private static final Pattern NOT_DIGITS = Pattern.compile("[\\s+().-]");
    private static final Pattern DIGITS = Pattern.compile("[0-9]{" + FEWEST_DIGITS + ",20}");

    private final LedgerDatabase ledger;
    private final Maps maps;

    MessageSearch(LedgerDatabase ledger, Maps maps) {
        this.ledger = ledger;
        this.maps = maps;
    }

    /**
     * {@code {by, messages}}: the messages with this id, the bridge's own or the client's; where there is none, the newest to this number, or
     * to one that ends so. By: id or number. Each message is as GET /sms/messages/{id} shows it, with numbers masked.
     *
     * @throws IllegalArgumentException where there is nothing to look for
     */
    JsonNode find(String text) throws SQLException {
        // As the ledger keeps ids: NUL is in none.
        String id = Objects.requireNonNullElse(ColumnText.whole(text.strip()), "");
        if (id.isEmpty()) {
            throw new IllegalArgumentException("search: give a message's id, or at least the last " + FEWEST_DIGITS + " digits of its recipient's number");
        }
        List<ObjectNode> rows = ledger.query("find-history", statement -> statement.set("id", id), MessageHistory::row);
        String digits = NOT_DIGITS.matcher(id).replaceAll("");
        boolean byNumber = rows.isEmpty() && DIGITS.matcher(digits).matches();
        if (byNumber) {
            rows = ledger.query("find-by-number", statement -> statement.set("number", digits).set("among", AMONG).set("limit", FOUND), MessageHistory::row);
        }
        ObjectNode found = JsonNodeFactory.instance.objectNode().put("by", byNumber ? "number" : "id");
        JsonNode messages = maps.apply("message-history", JsonNodeFactory.instance.objectNode(), JsonNodeFactory.instance.arrayNode().addAll(rows)).path("messages");
        messages.forEach(message -> {
            mask((ObjectNode) message, "from", "to", "reason");
            message.path("history").forEach(step -> mask((ObjectNode) step, "reason"));
        });
        return found.set("messages", messages);
    }

    private static void mask(ObjectNode shown, String... fields) {
        for (String field : fields) {
            if (shown.hasNonNull(field)) {
                shown.put(field, PhoneMask.masked(shown.get(field).asText()));
            }
        }
    }
}
