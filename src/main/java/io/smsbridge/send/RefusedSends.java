package io.smsbridge.send;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.forward.Subscriptions;
import io.smsbridge.ledger.ColumnText;
import io.smsbridge.ledger.LedgerTransaction;

/** One refused among others is told to the downstreams, too: CleverTap does not read the answer's body. */
final class RefusedSends {

    private final SendAccounts accounts;
    private final Subscriptions subscriptions;

    RefusedSends(SendAccounts accounts, Subscriptions subscriptions) {
        this.accounts = accounts;
        this.subscriptions = subscriptions;
    }

    void tell(LedgerTransaction transaction, SendRequest request, List<SendRequest.Refused> refused) throws SQLException {
        List<ObjectNode> events = new ArrayList<>();
        for (SendRequest.Refused one : refused) {
            ObjectNode event = accounts.event(request.account(), one.fields(), "failed", transaction.now());
            event.putObject("status").put("name", "REFUSED_BY_BRIDGE").put("description", one.reason());
            event.put("failureCode", one.failureCode());
            // As an event, and not as a state: whoever was refused may be accepted another time.
            int inserted = transaction.sql("record-event").set("id", ColumnText.of(event.get("id"))).set("type", "failed")
                    .set("messageId", ColumnText.of(event.get("messageId"))).set("happenedAt", transaction.now()).set("now", transaction.now()).execute();
            if (inserted > 0) {
                events.add(event);
            }
        }
        subscriptions.tell(transaction, request.requestId(), events);
    }
}
