package io.smsbridge.ledger;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.text.Failure;
import io.smsbridge.text.PhoneMask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits to be sent or told: rows of the table outbox, written in the transaction of what brought them, and what becomes of them.
 */
public final class Outbox {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.outbox");
    private final LedgerWriter writer;
    private final Map<String, OutboxQueue> queues = new ConcurrentHashMap<>();
    private final OutboxMemory memory = new OutboxMemory();
    private final OutboxTable table;
    private volatile boolean keepsTexts = true;

    /** @param shared whether other bridges use the same database */
    Outbox(LedgerWriter writer, boolean shared) {
        this.writer = writer;
        table = new OutboxTable(writer, shared);
    }

    /** From now on a text is forgotten when it is sent, told or given up: dead letters are kept without. */
    public void keepNoTexts() {
        keepsTexts = false;
    }

    public boolean keepsTexts() {
        return keepsTexts;
    }

    /** What waits for one target. */
    public OutboxQueue queue(String queue, String target) {
        return queues.computeIfAbsent(queue + "\n" + target, key -> new OutboxQueue(queue, target, table, memory));
    }

    Collection<OutboxQueue> queues() {
        return queues.values();
    }

    /**
     * What is put into the outbox.
     *
     * @param grouping  only rows of one grouping may share a call
     * @param requestId of the request that brought it, or the first of them; null where that is not known
     */
    public record Entry(int lane, String grouping, long firstSeq, long lastSeq, String requestId, long receivedAt, int attempts, Long failingSince,
            List<ObjectNode> items) {
    }

    /** Writes an entry for each of the targets; the payload is stored once for all of them. */
    public void put(LedgerTransaction transaction, String queue, Collection<String> targets, Entry entry) throws SQLException {
        OutboxPayload payload = OutboxPayload.written(entry.items());
        long first = transaction.ids(targets.size() + 1);
        transaction.sql("record-payload").set("id", first).set("body", payload.json()).execute();
        LedgerStatement insert = transaction.sql("record-outbox");
        Offers offers = transaction.group(Offers.class, Offers::new);
        long id = first;
        for (String target : targets) {
            OutboxRow row = new OutboxRow(++id, entry.lane(), entry.grouping(), entry.firstSeq(), entry.lastSeq(), entry.attempts(), entry.failingSince(),
                    entry.requestId(), entry.receivedAt(), transaction.now(), first, memory.keepsTrees() ? payload : payload.jsonAlone(), System.nanoTime());
            OutboxQueue waiting = queue(queue, target);
            boolean reserved = waiting.reserve(row.lane(), row.count(), row.bytes());
            offers.add(waiting, row, reserved);
            insert.set("id", row.id()).set("queue", queue).set("target", target).set("lane", row.lane()).set("grouping", row.grouping())
                    .set("items", row.count()).set("firstSeq", row.firstSeq()).set("lastSeq", row.lastSeq()).set("dueAt", row.dueAt())
                    .set("attempts", row.attempts()).set("failingSince", row.failingSince()).set("requestId", row.requestId())
                    .set("receivedAt", row.receivedAt()).set("owner", reserved ? table.owner() : null).set("leaseUntil", reserved ? table.lease(transaction.now()) : 0)
                    .set("payloadId", first);
            insert.addBatch();
        }
        insert.executeBatch();
    }

    /** Rows of one transaction, handed on when they are on disk. */
    private static final class Offers implements LedgerTransaction.Group {

        private record Offer(OutboxQueue queue, OutboxRow row, boolean reserved) {
        }

        private final List<Offer> offers = new ArrayList<>();

        void add(OutboxQueue queue, OutboxRow row, boolean reserved) {
            offers.add(new Offer(queue, row, reserved));
        }

        @Override
        public void flush(LedgerTransaction transaction) {
            // Each entry was written when it was put.
        }

        @Override
        public void committed() {
            for (Offer offer : offers) {
                if (offer.reserved()) {
                    offer.queue().offer(offer.row());
                }
            }
            offers.stream().map(Offer::queue).distinct().forEach(OutboxQueue::wake);
        }

        @Override
        public void rolledBack() {
            offers.stream().filter(Offer::reserved).forEach(offer -> offer.queue().refuse(offer.row()));
        }
    }

    /** The batch is done with: its rows go. */
    public void remove(LedgerTransaction transaction, OutboxBatch batch) throws SQLException {
        LedgerStatement delete = transaction.sql("remove-outbox");
        LedgerStatement payload = transaction.sql("remove-payload");
        for (OutboxRow row : batch.rows()) {
            delete.set("id", row.id()).addBatch();
            payload.set("id", row.payloadId()).addBatch();
        }
        delete.executeBatch();
        payload.executeBatch();
    }

    /** The batch failed, and waits until that time, in epoch milliseconds. */
    public void retry(LedgerTransaction transaction, OutboxBatch batch, long at, long failingSince) throws SQLException {
        LedgerStatement update = transaction.sql("retry-outbox");
        for (OutboxRow row : batch.rows()) {
            update.set("id", row.id()).set("dueAt", at).set("failingSince", row.failingSince() == null ? failingSince : row.failingSince()).addBatch();
        }
        update.executeBatch();
        OutboxQueue queue = queue(batch.queue(), batch.target());
        int lane = batch.rows().get(0).lane();
        transaction.afterCommit(() -> queue.due(lane, at));
    }

    /** The batch is the next to go again, as if it had never been taken. */
    public void putBack(OutboxBatch batch) {
        if (batch.settle()) {
            queue(batch.queue(), batch.target()).putBack(batch);
        }
    }

    /** The batch goes again as two halves, to find the item that is wrong with it. Neither shares a call again, or they would be one batch again. */
    public void part(LedgerTransaction transaction, OutboxBatch batch) throws SQLException {
        remove(transaction, batch);
        OutboxRow first = batch.rows().get(0);
        int half = batch.items().size() / 2;
        for (List<ObjectNode> items : List.of(batch.items().subList(0, half), batch.items().subList(half, batch.items().size()))) {
            put(transaction, batch.queue(), List.of(batch.target()), new Entry(first.lane(), UUID.randomUUID().toString(), 0, 0,
                    first.requestId(), batch.receivedAt(), batch.attempts(), batch.failingSince(), items));
        }
    }

    /**
     * The batch goes out of the outbox, and its items, or some of them, become a dead letter, whose id is returned. Where texts are not kept,
     * those with a text become a letter of their own, which can't be replayed, and its id is returned.
     */
    public String giveUp(LedgerTransaction transaction, OutboxBatch batch, List<ObjectNode> items, Failure reason, String notReplayable)
            throws SQLException {
        remove(transaction, batch);
        List<ObjectNode> texts = keepsTexts ? List.of() : items.stream().filter(item -> LetterTexts.isIn(batch.queue(), item)).toList();
        String why = keepsTexts ? reason.whole() : reason.brief();
        if (texts.isEmpty()) {
            return keepDeadLetter(transaction, batch, items, why, notReplayable);
        }
        List<ObjectNode> others = items.stream().filter(item -> !LetterTexts.isIn(batch.queue(), item)).toList();
        if (!others.isEmpty()) {
            keepDeadLetter(transaction, batch, others, why, notReplayable);
        }
        return keepDeadLetter(transaction, batch, texts.stream().map(item -> LetterTexts.without(batch.queue(), item)).toList(), why,
                LetterTexts.NOT_REPLAYABLE);
    }

    private String keepDeadLetter(LedgerTransaction transaction, OutboxBatch batch, List<ObjectNode> items, String reason, String notReplayable)
            throws SQLException {
        OutboxRow first = batch.rows().get(0);
        long now = transaction.now();
        String id = UUID.randomUUID().toString();
        keepDeadLetter(transaction, new DeadLetter(id, batch.queue(), batch.target(),
                batch.queue().equals("sends") ? batch.target() : null, reason, batch.attempts() + 1,
                batch.failingSince() == null ? now : batch.failingSince(), now, items.size(), first.lane(), first.grouping(), first.requestId(),
                batch.receivedAt(), notReplayable, OutboxPayload.write(items)));
        return id;
    }

    /** Its reason can quote what came from outside, of which a column does not take everything. */
    public void keepDeadLetter(LedgerTransaction transaction, DeadLetter whole) throws SQLException {
        DeadLetter letter = keepsTexts ? whole : LetterTexts.without(whole);
        transaction.sql("keep-dead-letter").set("id", letter.id()).set("queue", letter.queue()).set("target", letter.target())
                .set("account", ColumnText.of(letter.account())).set("reason", Objects.requireNonNullElse(ColumnText.whole(letter.reason()), "")).set("attempts", letter.attempts())
                .set("firstFailedAt", letter.firstFailedAt()).set("lastFailedAt", letter.lastFailedAt()).set("items", letter.items())
                .set("lane", letter.lane()).set("grouping", letter.grouping()).set("requestId", letter.requestId())
                .set("receivedAt", letter.receivedAt()).set("notReplayable", letter.notReplayable()).set("body", letter.body()).execute();
    }

    /**
     * Decides what becomes of a batch: the work has to remove it, let it wait for a retry, or give it up. Only the first decision counts.
     * It waits for a ledger that is away.
     */
    public void settle(OutboxBatch batch, Decision decision) {
        if (batch.settle()) {
            writer.submit(new LedgerWork() {
                @Override
                public void write(LedgerTransaction transaction) throws SQLException {
                    decision.write(transaction);
                }

                @Override
                public void committed() {
                    decision.committed();
                }

                @Override
                public void failed(Exception reason) {
                    LOG.error("{} for {}: what became of {} items can't be recorded; they stay in hand until the next start: {}", batch.queue(),
                            batch.target(), batch.items().size(), PhoneMask.masked(reason.getMessage()));
                }

                @Override
                public boolean waitsForLedger() {
                    return true;
                }
            });
        }
    }

    /** What becomes of a batch. */
    @FunctionalInterface
    public interface Decision {
        void write(LedgerTransaction transaction) throws SQLException;

        /** It is on disk. */
        default void committed() {
        }
    }

    OutboxTable table() {
        return table;
    }
}
