package io.smsbridge.send;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.ledger.Consents;
import io.smsbridge.ledger.Outbox;
import io.smsbridge.ledger.OutboxBatch;
import io.smsbridge.ledger.OutboxRow;
import io.smsbridge.text.Times;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bean {@code sendRules}: what was accepted can have lost its point while it waited. */
public final class SendRules {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.send");

    private final Outbox outbox;
    private final Consents consents;
    private final SendAccounts accounts;
    private final SendOutcomes outcomes;
    private final SendMeters meters;

    /** @param consents null where opt-outs are not enforced */
    SendRules(Outbox outbox, Consents consents, SendAccounts accounts, SendOutcomes outcomes, SendMeters meters) {
        this.outbox = outbox;
        this.consents = consents;
        this.accounts = accounts;
        this.outcomes = outcomes;
        this.meters = meters;
    }

    /**
     * Takes recipients whose time to be sent has passed, or who have opted out, out of the batch, and tells of them as failed. Where there
     * are any, the exchange ends here, and the others come again at once, as a batch of their own.
     */
    public void drop(Exchange exchange, OutboxBatch batch) throws SQLException {
        long now = System.currentTimeMillis();
        Set<String> optedOut = consents != null ? optedOut(batch) : Set.of();
        List<ObjectNode> left = new ArrayList<>();
        List<ObjectNode> late = new ArrayList<>();
        List<ObjectNode> refused = new ArrayList<>();
        for (ObjectNode send : batch.items()) {
            if (send.has("sendBefore") && Times.millis(send.get("sendBefore"), Long.MAX_VALUE) <= now) {
                late.add(send);
            } else if (optedOut.contains(send.path("to").textValue()) && !send.path("toOptedOut").asBoolean()) {
                refused.add(send);
            } else {
                left.add(send);
            }
        }
        if (left.size() == batch.items().size()) {
            return;
        }
        LOG.warn("account {}: {} recipients not sent, as their time has passed or they have opted out; {} are left of the call", batch.target(),
                late.size() + refused.size(), left.size());
        accounts.unused(batch);
        meters.dropped(batch.target(), late.size() + refused.size());
        exchange.setRouteStop(true);
        outbox.settle(batch, transaction -> {
            for (ObjectNode send : late) {
                outcomes.fail(transaction, batch, List.of(send), "EXPIRED_BEFORE_SENDING",
                        "not sent: it waited in the bridge, and was to be sent before " + send.get("sendBefore").textValue(), "916", null);
            }
            outcomes.fail(transaction, batch, refused, "REFUSED_BY_BRIDGE", "to: has opted out of this account's messages (optOut.enforce)",
                    "903", null);
            outbox.remove(transaction, batch);
            if (!left.isEmpty()) {
                OutboxRow first = batch.rows().get(0);
                outbox.put(transaction, "sends", List.of(batch.target()), new Outbox.Entry(first.lane(), first.grouping(), 0, 0, first.requestId(),
                        batch.receivedAt(), batch.attempts(), batch.failingSince(), left));
            }
        });
    }

    private Set<String> optedOut(OutboxBatch batch) throws SQLException {
        Set<String> found = new HashSet<>();
        for (ObjectNode send : batch.items()) {
            String to = send.path("to").textValue();
            if (consents.hasOptedOut(batch.target(), to)) {
                found.add(to);
            }
        }
        return found;
    }
}
