package io.smsbridge.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits to be sent or told: rows of the table outbox, written in the transaction of what brought them. A row in hand has an owner
 * and a lease: with one bridge it lasts until the next start, with several as long as the bridge lives and renews it.
 */
public final class Outbox {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.outbox");
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Bytes of payload that all targets together keep in memory; as objects they take some ten times as much. */
    private static final long MEMORY = 8L << 20;
    /** How long a bridge that died keeps what it had in hand. */
    static final long LEASE = 30_000;

    /** Ids of this process and no other. */
    private final String owner = UUID.randomUUID().toString();
    private final LedgerWriter writer;
    private final boolean shared;
    private final Map<String, OutboxQueue> queues = new ConcurrentHashMap<>();
    private final AtomicLong kept = new AtomicLong();

    /** @param shared whether other bridges use the same database */
    Outbox(LedgerWriter writer, boolean shared) {
        this.writer = writer;
        this.shared = shared;
    }

    /** What waits for one target. */
    public OutboxQueue queue(String queue, String target) {
        return queues.computeIfAbsent(queue + "\n" + target, key -> new OutboxQueue(queue, target, this));
    }

    Collection<OutboxQueue> queues() {
        return queues.values();
    }

    /**
     * What is put into the outbox.
     *
     * @param grouping  only rows of one grouping may share a call
     * @param requestId of the request that brought it; null where several did
     */
    public record Entry(int lane, String grouping, long firstSeq, long lastSeq, String requestId, long receivedAt, int attempts, Long failingSince,
            List<ObjectNode> items) {
    }

    /** Writes an entry for each of the targets; the payload is stored once for all of them. */
    public void put(LedgerTransaction transaction, String queue, Collection<String> targets, Entry entry) throws SQLException {
        byte[] body = write(entry.items());
        long first = transaction.ids(targets.size() + 1);
        transaction.sql("record-payload").set("id", first).set("body", body).execute();
        LedgerStatement insert = transaction.sql("record-outbox");
        Offers offers = transaction.group(Offers.class, Offers::new);
        long id = first;
        for (String target : targets) {
            OutboxRow row = new OutboxRow(++id, entry.lane(), entry.grouping(), entry.firstSeq(), entry.lastSeq(), entry.attempts(), entry.failingSince(),
                    entry.requestId(), entry.receivedAt(), transaction.now(), first, body.length, entry.items(), System.nanoTime());
            OutboxQueue waiting = queue(queue, target);
            boolean reserved = waiting.reserve(row.lane(), row.items().size(), body.length);
            offers.add(waiting, row, reserved);
            insert.set("id", row.id()).set("queue", queue).set("target", target).set("lane", row.lane()).set("grouping", row.grouping())
                    .set("items", row.items().size()).set("firstSeq", row.firstSeq()).set("lastSeq", row.lastSeq()).set("dueAt", row.dueAt())
                    .set("attempts", row.attempts()).set("failingSince", row.failingSince()).set("requestId", row.requestId())
                    .set("receivedAt", row.receivedAt()).set("owner", reserved ? owner : null).set("leaseUntil", reserved ? lease(transaction.now()) : 0)
                    .set("payloadId", first);
            insert.addBatch();
        }
        insert.executeBatch();
    }

    private long lease(long now) {
        return shared ? now + LEASE : Long.MAX_VALUE;
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

    /** The batch goes again as two halves, to find the item that is wrong with it. */
    public void part(LedgerTransaction transaction, OutboxBatch batch) throws SQLException {
        remove(transaction, batch);
        OutboxRow first = batch.rows().get(0);
        int half = batch.items().size() / 2;
        for (List<ObjectNode> items : List.of(batch.items().subList(0, half), batch.items().subList(half, batch.items().size()))) {
            put(transaction, batch.queue(), List.of(batch.target()), new Entry(first.lane(), first.grouping(), 0, 0,
                    first.requestId(), batch.receivedAt(), batch.attempts(), batch.failingSince(), items));
        }
    }

    /** The batch goes out of the outbox, and its items, or some of them, become a dead letter, whose id is returned. */
    public String giveUp(LedgerTransaction transaction, OutboxBatch batch, List<ObjectNode> items, String reason, String notReplayable)
            throws SQLException {
        remove(transaction, batch);
        OutboxRow first = batch.rows().get(0);
        long now = transaction.now();
        String id = UUID.randomUUID().toString();
        keepDeadLetter(transaction, new DeadLetter(id, batch.queue(), batch.target(),
                batch.queue().equals("sends") ? batch.target() : null, reason, batch.attempts() + 1,
                batch.failingSince() == null ? now : batch.failingSince(), now, items.size(), first.lane(), first.grouping(), first.requestId(),
                batch.receivedAt(), notReplayable, write(items)));
        return id;
    }

    public void keepDeadLetter(LedgerTransaction transaction, DeadLetter letter) throws SQLException {
        transaction.sql("keep-dead-letter").set("id", letter.id()).set("queue", letter.queue()).set("target", letter.target())
                .set("account", letter.account()).set("reason", letter.reason()).set("attempts", letter.attempts())
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
                            batch.target(), batch.items().size(), reason.getMessage());
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

    // The window in memory, shared by all queues

    boolean reserve(int bytes) {
        if (!hasRoom()) {
            return false;
        }
        kept.addAndGet(bytes);
        return true;
    }

    boolean hasRoom() {
        return kept.get() < MEMORY;
    }

    void take(int bytes) {
        kept.addAndGet(bytes);
    }

    void release(long bytes) {
        kept.addAndGet(-bytes);
    }

    boolean isAway() {
        return writer.away() != null;
    }

    /** Fetches rows for a queue that has room for them. */
    void fetch(OutboxQueue queue, int lane) {
        writer.submit(new LedgerWork() {
            private List<OutboxRow> rows;

            @Override
            public void write(LedgerTransaction transaction) throws SQLException {
                queue.looked(lane);
                rows = take(transaction, queue, lane);
            }

            @Override
            public void committed() {
                queue.fetched(lane, rows);
            }

            @Override
            public void failed(Exception reason) {
                if (!(reason instanceof LedgerAway)) {
                    LOG.error("{} for {}: what waits can't be read: {}", queue.queue(), queue.target(), reason.getMessage());
                }
                queue.notFetched(lane);
            }
        });
    }

    private List<OutboxRow> take(LedgerTransaction transaction, OutboxQueue queue, int lane) throws SQLException {
        long now = transaction.now();
        List<OutboxRow> rows = transaction.sql("take-outbox").set("owner", owner).set("leaseUntil", lease(now)).set("queue", queue.queue())
                .set("target", queue.target()).set("lane", lane).set("now", now).set("limit", OutboxQueue.ROWS)
                .query(row -> new OutboxRow(row.getLong("id"), lane, row.getString("grouping"), row.getLong("first_seq"), row.getLong("last_seq"),
                        row.getInt("attempts"), LedgerRows.nullable(row, "failing_since"), row.getString("request_id"),
                        row.getLong("received_at"), row.getLong("due_at"), row.getLong("payload_id"), 0, List.of(), System.nanoTime()));
        List<OutboxRow> whole = new ArrayList<>();
        for (OutboxRow row : rows) {
            byte[] body = transaction.sql("find-payload").set("id", row.payloadId()).query(found -> found.getBytes(1)).get(0);
            whole.add(new OutboxRow(row.id(), lane, row.grouping(), row.firstSeq(), row.lastSeq(), row.attempts(), row.failingSince(), row.requestId(),
                    row.receivedAt(), row.dueAt(), row.payloadId(), body.length, read(body), row.arrivedNanos()));
        }
        whole.sort(Comparator.comparingLong(OutboxRow::dueAt).thenComparingLong(OutboxRow::id));
        return whole;
    }

    /** Rows that this bridge had in hand, and does not take. */
    void giveBack(List<OutboxRow> rows) {
        if (rows.isEmpty()) {
            return;
        }
        writer.submit(new LedgerWork() {
            @Override
            public void write(LedgerTransaction transaction) throws SQLException {
                LedgerStatement release = transaction.sql("release-outbox");
                for (OutboxRow row : rows) {
                    release.set("id", row.id()).addBatch();
                }
                release.executeBatch();
            }
        });
    }

    /** What a bridge that has ended had in hand is free: at the start, where nobody else uses the database. */
    void releaseAll() {
        writer.submit(transaction -> transaction.sql("release-all-outbox").execute());
    }

    /** At the end: other bridges need not wait for the leases. */
    void releaseOwn() {
        writer.submit(transaction -> transaction.sql("release-own-outbox").set("owner", owner).execute());
    }

    /** Extends the leases of what this bridge has in hand. */
    void renewLeases() {
        writer.submit(transaction -> transaction.sql("renew-outbox").set("owner", owner).set("leaseUntil", lease(transaction.now())).execute());
    }

    /** What other bridges have left, or retries of which this one does not know. */
    void look() {
        writer.submit(new LedgerWork() {
            private record Due(String queue, String target, int lane, long at) {
            }

            private List<Due> due;

            @Override
            public void write(LedgerTransaction transaction) throws SQLException {
                due = transaction.sql("find-due-outbox").set("now", transaction.now())
                        .query(row -> new Due(row.getString(1), row.getString(2), row.getInt(3), row.getLong(4)));
            }

            @Override
            public void committed() {
                due.forEach(found -> queue(found.queue(), found.target()).due(found.lane(), found.at()));
            }
        });
    }

    static byte[] write(List<ObjectNode> items) {
        try {
            return JSON.writeValueAsBytes(items);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<ObjectNode> read(byte[] body) {
        try {
            return List.of(JSON.readValue(body, ObjectNode[].class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
