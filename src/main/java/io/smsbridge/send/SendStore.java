package io.smsbridge.send;

import java.sql.SQLException;

import io.smsbridge.forward.Subscriptions;
import io.smsbridge.ledger.Consents;
import io.smsbridge.ledger.LedgerTransaction;
import io.smsbridge.ledger.LedgerWork;
import io.smsbridge.ledger.LedgerWriter;
import io.smsbridge.ledger.Outbox;
import io.smsbridge.ledger.RequestId;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Step {@code storeSends}: commits a checked request, and goes on when it is on disk. Body: the request, which knows its duplicates then. */
public final class SendStore extends AsyncProcessorSupport {

    private static final Logger LOG = LoggerFactory.getLogger("accept-sends");

    private final LedgerWriter writer;
    private final Outbox outbox;
    private final SendAccounts accounts;
    private final Subscriptions subscriptions;
    private final RefusedSends refusedSends;
    private final SendMeters meters;
    private final Consents consents;

    /** @param consents null where opt-outs are not enforced */
    SendStore(LedgerWriter writer, Outbox outbox, SendAccounts accounts, Subscriptions subscriptions, SendMeters meters, Consents consents) {
        this.writer = writer;
        this.outbox = outbox;
        this.accounts = accounts;
        this.subscriptions = subscriptions;
        refusedSends = new RefusedSends(accounts, subscriptions);
        this.meters = meters;
        this.consents = consents;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        SendRequest request = exchange.getMessage().getBody(SendRequest.class);
        if (request.sends().isEmpty()) {
            meter(request);
            callback.done(true);
            return true;
        }
        long begun = System.nanoTime();
        writer.submit(new LedgerWork() {
            @Override
            public void write(LedgerTransaction transaction) throws SQLException {
                accept(transaction, request);
            }

            @Override
            public void committed() {
                meter(request);
                try (RequestId.Logged line = RequestId.logged(request.requestId())) {
                    LOG.info("account {}: {} accepted, {} refused in {} ms{}", request.account(), request.accepted(), request.refused().size(),
                            (System.nanoTime() - begun) / 1_000_000, request.caller() == null ? "" : ", caller " + request.caller());
                }
                callback.done(false);
            }

            @Override
            public void failed(Exception reason) {
                exchange.setException(reason);
                callback.done(false);
            }

            @Override
            public boolean continuesRoute() {
                return true;
            }
        });
        return false;
    }

    private void meter(SendRequest request) {
        meters.accepted(request.account(), request.accepted(), request.refused().stream().map(SendRequest.Refused::counted).toList(), request.duplicates());
    }

    /** What is accepted in this transaction is sent after its commit. Also for what the bridge itself answers. */
    void accept(LedgerTransaction transaction, SendRequest request) throws SQLException {
        request.forget();
        AcceptedSends accepted = transaction.group(AcceptedSends.class, () -> new AcceptedSends(outbox, accounts, subscriptions, refusedSends));
        for (Send send : request.sends()) {
            if (consents != null && !send.isForOptedOut() && consents.hasOptedOut(transaction, request.account(), send.to())) {
                request.refuse(send, "to: has opted out of this account's messages (optOut.enforce)", "903", SendMeters.OPTED_OUT);
            } else {
                accepted.add(request, send);
            }
        }
        refusedSends.tell(transaction, request, request.refused());
    }
}
