package io.smsbridge.send;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

    /** @param seq of its row, which is new */
    private record Fresh(long seq, Send send, SendRequest request) {
    }

    private final Outbox outbox;
    private final SendAccounts accounts;
    private final Subscriptions subscriptions;
    private final RefusedSends refusedSends;
    private final Map<Key, List<Accepted>> waiting = new LinkedHashMap<>();

    AcceptedSends(Outbox outbox, SendAccounts accounts, Subscriptions subscriptions, RefusedSends refusedSends) {
        this.outbox = outbox;
        this.accounts = accounts;
        this.subscriptions = subscriptions;
        this.refusedSends = refusedSends;
    }

    void add(SendRequest request, Send send) {
        waiting.computeIfAbsent(new Key(request.account(), send.isHigh(), send.grouping()), key -> new ArrayList<>()).add(new Accepted(send, request));
    }

    @Override
    public void flush(LedgerTransaction transaction) throws SQLException {
        Map<Key, List<Fresh>> groups = new LinkedHashMap<>();
        List<Accepted> known = new ArrayList<>();
        for (Map.Entry<Key, List<Accepted>> group : waiting.entrySet()) {
            groups.put(group.getKey(), insert(transaction, group.getKey(), group.getValue(), known));
        }
        waiting.clear();
        Map<String, SendRequest.Refused> refused = refuseBeyondLimits(transaction, groups);
        for (Accepted one : known) {
            duplicate(transaction, one, refused.get(one.send().id()));
        }
        for (Map.Entry<Key, List<Fresh>> group : groups.entrySet()) {
            put(transaction, group.getKey(), group.getValue());
        }
    }

    /**
     * Those that were not known before.
     *
     * @param known takes the others
     */
    private List<Fresh> insert(LedgerTransaction transaction, Key key, List<Accepted> group, List<Accepted> known) throws SQLException {
        long first = transaction.ids(group.size());
        int[] inserted = insert(transaction, accounts.settings(key.account()), group, first);
        List<Fresh> fresh = new ArrayList<>();
        for (int i = 0; i < group.size(); i++) {
            Accepted one = group.get(i);
            if (inserted[i] == 0) {
                known.add(one);
            } else {
                fresh.add(new Fresh(first + i, one.send(), one.request()));
            }
        }
        return fresh;
    }

    /** @param refused the same message earlier in this transaction, where that was refused; else null */
    private static void duplicate(LedgerTransaction transaction, Accepted one, SendRequest.Refused refused) throws SQLException {
        if (refused != null) {
            one.request().refuse(one.send(), refused.reason(), refused.failureCode(), refused.limit());
        } else {
            one.request().duplicate(one.send(), Messages.find(transaction, one.send().id()).map(Messages.Known::state).orElse("queued"));
        }
    }

    /** Here, behind all inserts, as what was accepted before counts once. The refused, by the message's id. */
    private Map<String, SendRequest.Refused> refuseBeyondLimits(LedgerTransaction transaction, Map<Key, List<Fresh>> groups) throws SQLException {
        SendLimits limits = new SendLimits(transaction);
        groups.forEach((key, group) -> {
            AccountSettings account = accounts.settings(key.account());
            group.forEach(one -> limits.ask(account, one.request(), one.send()));
        });
        if (limits.isEmpty()) {
            return Map.of();
        }
        limits.count();
        LedgerStatement remove = transaction.sql("remove-message");
        Map<String, SendRequest.Refused> refused = new LinkedHashMap<>();
        Map<SendRequest, List<SendRequest.Refused>> byRequest = new LinkedHashMap<>();
        for (Map.Entry<Key, List<Fresh>> group : groups.entrySet()) {
            List<Fresh> left = new ArrayList<>();
            for (Fresh one : group.getValue()) {
                if (limits.take(accounts.settings(group.getKey().account()), one.request(), one.send())) {
                    left.add(one);
                } else {
                    remove.set("seq", one.seq()).addBatch();
                    SendRequest.Refused refusal = one.request().refusal(one.send());
                    refused.put(one.send().id(), refusal);
                    byRequest.computeIfAbsent(one.request(), request -> new ArrayList<>()).add(refusal);
                }
            }
            group.setValue(left);
        }
        remove.executeBatch();
        limits.takeBackRefused();
        for (Map.Entry<SendRequest, List<SendRequest.Refused>> one : byRequest.entrySet()) {
            refusedSends.tell(transaction, one.getKey(), one.getValue());
        }
        return refused;
    }

    private void put(LedgerTransaction transaction, Key key, List<Fresh> fresh) throws SQLException {
        AccountSettings account = accounts.settings(key.account());
        tellOfQueued(transaction, account, fresh);
        // Infobip counts the speed of each call for itself: in several, sends would be as many times as fast.
        int most = key.grouping().isEmpty() || !fresh.isEmpty() && !fresh.get(0).send().hasSpeedLimit() ? account.batchSize() : Math.max(1, fresh.size());
        for (int from = 0; from < fresh.size(); from += most) {
            List<Fresh> part = fresh.subList(from, Math.min(from + most, fresh.size()));
            SendRequest request = part.get(0).request();
            outbox.put(transaction, "sends", List.of(key.account()), new Outbox.Entry(key.high() ? 0 : 1, key.grouping(), part.get(0).seq(),
                    part.get(part.size() - 1).seq(), request.requestId(), request.receivedAt(), 0, null,
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

    private void tellOfQueued(LedgerTransaction transaction, AccountSettings account, List<Fresh> fresh) {
        if (subscriptions.asked().contains("queued") && !fresh.isEmpty()) {
            List<ObjectNode> events = new ArrayList<>();
            fresh.forEach(one -> events.add(accounts.event(account.name(), one.send().fields(), "queued", one.request().receivedAt())));
            subscriptions.tell(transaction, fresh.get(0).request().requestId(), events);
        }
    }
}
