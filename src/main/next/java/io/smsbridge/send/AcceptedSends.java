package io.smsbridge.send;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.ledger.LedgerStatement;
import io.smsbridge.ledger.LedgerTransaction;
import io.smsbridge.ledger.Messages;
import io.smsbridge.ledger.Outbox;
import io.smsbridge.ledger.Texts;
import io.smsbridge.settings.AccountSettings;

/** The sends that are accepted in one transaction: each gets its row, and those that may share a call share a row of the outbox. */
final class AcceptedSends implements LedgerTransaction.Group {

    private record Key(String account, boolean high, String grouping) {
    }

    private record Accepted(Send send, SendRequest request) {
    }

    private final Outbox outbox;
    private final Map<String, AccountSettings> accounts;
    private final Map<Key, List<Accepted>> waiting = new LinkedHashMap<>();

    AcceptedSends(Outbox outbox, Map<String, AccountSettings> accounts) {
        this.outbox = outbox;
        this.accounts = accounts;
    }

    void add(SendRequest request, Send send) {
        waiting.computeIfAbsent(new Key(request.account(), send.isHigh(), send.grouping()), key -> new ArrayList<>()).add(new Accepted(send, request));
    }

    @Override
    public void flush(LedgerTransaction transaction) throws SQLException {
        for (Map.Entry<Key, List<Accepted>> group : waiting.entrySet()) {
            write(transaction, group.getKey(), group.getValue());
        }
    }

    private void write(LedgerTransaction transaction, Key key, List<Accepted> group) throws SQLException {
        AccountSettings account = accounts.get(key.account());
        long first = transaction.ids(group.size());
        LedgerStatement insert = transaction.sql("accept-message");
        for (int i = 0; i < group.size(); i++) {
            Send send = group.get(i).send();
            String sender = send.sender() == null ? account.sender() : send.sender();
            insert.set("seq", first + i).set("id", send.id()).set("account", key.account()).set("clientId", Texts.whole(send.clientId()))
                    .set("sender", sender.isEmpty() ? null : Texts.of(sender.startsWith("+") ? sender.substring(1) : sender))
                    .set("recipient", send.to()).set("now", transaction.now()).addBatch();
        }
        int[] inserted = insert.executeBatch();
        List<ObjectNode> items = new ArrayList<>();
        List<Long> seqs = new ArrayList<>();
        SendRequest only = group.get(0).request();
        long receivedAt = only.receivedAt();
        for (int i = 0; i < group.size(); i++) {
            Accepted one = group.get(i);
            if (inserted[i] == 0) {
                Optional<Messages.Known> known = Messages.find(transaction, one.send().id());
                one.request().duplicate(one.send(), known.map(Messages.Known::state).orElse("queued"));
            } else {
                items.add(one.send().fields());
                seqs.add(first + i);
                only = only == one.request() ? only : null;
            }
        }
        String requestId = only == null ? null : only.requestId();
        for (int from = 0; from < items.size(); from += account.batchSize()) {
            int to = Math.min(from + account.batchSize(), items.size());
            outbox.put(transaction, "sends", List.of(key.account()), new Outbox.Entry(key.high() ? 0 : 1, key.grouping(), seqs.get(from), seqs.get(to - 1),
                    requestId, receivedAt, 0, null, List.copyOf(items.subList(from, to))));
        }
    }
}
