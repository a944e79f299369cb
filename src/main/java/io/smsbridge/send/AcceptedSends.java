package io.smsbridge.send;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.forward.Subscriptions;
import io.smsbridge.ledger.ColumnText;
import io.smsbridge.ledger.LedgerStatement;
import io.smsbridge.ledger.LedgerTransaction;
import io.smsbridge.ledger.Messages;
import io.smsbridge.ledger.Outbox;
import io.smsbridge.settings.AccountSettings;

/** The sends that are accepted in one transaction: each gets its row, and those that may share a call share a row of the outbox. */
final class AcceptedSends implements LedgerTransaction.Group {

    private record Key(String account, boolean high, String grouping) {
    }

    private record Accepted(Send send, SendRequest request) {
    }

    private final Outbox outbox;
    private final SendAccounts accounts;
    private final Subscriptions subscriptions;
    private final Map<Key, List<Accepted>> waiting = new LinkedHashMap<>();

    AcceptedSends(Outbox outbox, SendAccounts accounts, Subscriptions subscriptions) {
        this.outbox = outbox;
        this.accounts = accounts;
        this.subscriptions = subscriptions;
    }

    void add(SendRequest request, Send send) {
        waiting.computeIfAbsent(new Key(request.account(), send.isHigh(), send.grouping()), key -> new ArrayList<>()).add(new Accepted(send, request));
    }

    @Override
    public void flush(LedgerTransaction transaction) throws SQLException {
        for (Map.Entry<Key, List<Accepted>> group : waiting.entrySet()) {
            write(transaction, group.getKey(), group.getValue());
        }
        waiting.clear();
    }

    private void write(LedgerTransaction transaction, Key key, List<Accepted> group) throws SQLException {
        AccountSettings account = accounts.settings(key.account());
        long first = transaction.ids(group.size());
        int[] inserted = insert(transaction, account, group, first);
        List<Accepted> fresh = new ArrayList<>();
        List<Long> seqs = new ArrayList<>();
        for (int i = 0; i < group.size(); i++) {
            Accepted one = group.get(i);
            if (inserted[i] == 0) {
                Optional<Messages.Known> known = Messages.find(transaction, one.send().id());
                one.request().duplicate(one.send(), known.map(Messages.Known::state).orElse("queued"));
            } else {
                fresh.add(one);
                seqs.add(first + i);
            }
        }
        tellOfQueued(transaction, account, fresh);
        // Infobip counts the speed of each call for itself: in several, sends would be as many times as fast.
        int most = key.grouping().isEmpty() || !fresh.isEmpty() && !fresh.get(0).send().hasSpeedLimit() ? account.batchSize() : Math.max(1, fresh.size());
        for (int from = 0; from < fresh.size(); from += most) {
            List<Accepted> part = fresh.subList(from, Math.min(from + most, fresh.size()));
            SendRequest request = part.get(0).request();
            outbox.put(transaction, "sends", List.of(key.account()), new Outbox.Entry(key.high() ? 0 : 1, key.grouping(), seqs.get(from),
                    seqs.get(from + part.size() - 1), request.requestId(), request.receivedAt(), 0, null,
                    part.stream().map(one -> one.send().fields()).toList()));
        }
    }

    private static int[] insert(LedgerTransaction transaction, AccountSettings account, List<Accepted> group, long first) throws SQLException {
        LedgerStatement insert = transaction.sql("accept-message");
        for (int i = 0; i < group.size(); i++) {
            Send send = group.get(i).send();
            insert.set("seq", first + i).set("id", send.id()).set("account", account.name()).set("clientId", ColumnText.whole(send.clientId()))
                    .set("sender", ColumnText.number(send.sender() == null ? account.sender() : send.sender()))
                    .set("recipient", send.to()).set("caller", group.get(i).request().caller()).set("now", transaction.now()).addBatch();
        }
        return insert.executeBatch();
    }

    private void tellOfQueued(LedgerTransaction transaction, AccountSettings account, List<Accepted> fresh) {
        if (subscriptions.asked().contains("queued") && !fresh.isEmpty()) {
            List<ObjectNode> events = new ArrayList<>();
            fresh.forEach(one -> events.add(accounts.event(account.name(), one.send().fields(), "queued", one.request().receivedAt())));
            subscriptions.tell(transaction, fresh.get(0).request().requestId(), events);
        }
    }
}
