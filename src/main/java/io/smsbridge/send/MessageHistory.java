package io.smsbridge.send;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.http.HttpCall;
import io.smsbridge.http.RefusedCall;
import io.smsbridge.ledger.ColumnText;
import io.smsbridge.ledger.LedgerDatabase;
import io.smsbridge.security.Caller;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;

/** Bean {@code messageHistory}: looks a message up for whoever sent it. */
public final class MessageHistory {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final LedgerDatabase ledger;

    MessageHistory(LedgerDatabase ledger) {
        this.ledger = ledger;
    }

    /** The rows of find-history.sql that are of the caller's accounts, as an array. Error: 404, 503. */
    public JsonNode find(HttpCall call, @Variable("caller") Caller caller) {
        // As the ledger keeps ids: NUL is in none.
        String id = Objects.requireNonNullElse(ColumnText.whole(id(call.path())), "");
        try {
            List<ObjectNode> rows = ledger.query("find-history", statement -> statement.set("id", id), MessageHistory::row);
            rows.removeIf(row -> !caller.mayUse(row.path("account").asText()));
            if (rows.isEmpty()) {
                throw new RefusedCall(404, "no message has this id, or it is older than ledger.retention");
            }
            return JsonNodeFactory.instance.arrayNode().addAll(rows);
        } catch (SQLException e) {
            throw new RefusedCall(503, "the ledger's database can't be read now; ask again later");
        }
    }

    public void answer(Exchange exchange, JsonNode history) throws IOException {
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
        exchange.getMessage().setBody(JSON.writeValueAsBytes(history));
    }

    /** All that stands behind /sms/messages/; as it is where it is not encoded properly. */
    private static String id(String path) {
        String id = path.replaceFirst("^/+sms/+messages/*", "");
        try {
            return URLDecoder.decode(id.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return id;
        }
    }

    /** A row as JSON, by the names of its columns; those named ..._at are epoch milliseconds, and left out where they are null. */
    public static ObjectNode row(ResultSet row) throws SQLException {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        ResultSetMetaData columns = row.getMetaData();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            String name = columns.getColumnLabel(i);
            if (name.endsWith("_at")) {
                long time = row.getLong(i);
                if (!row.wasNull()) {
                    node.put(name, time);
                }
            } else {
                node.put(name, row.getString(i));
            }
        }
        return node;
    }
}
