package io.smsbridge.ledger;

import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

import io.smsbridge.text.PhoneMask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of the table outbox, taken and given back. A row in hand has an owner and a lease: with one bridge it lasts until the next
 * start, with several as long as the bridge lives and renews it.
 */
final class OutboxTable {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.outbox");
    /** How long, in milliseconds, a bridge that died keeps what it had in hand. */
    static final long LEASE = 30_000;
    /** Rows fetched at one time. */
    static final int ROWS = 50;

    /** Ids of this process and no other. */
    private final String owner = UUID.randomUUID().toString();
    private final LedgerWriter writer;
    private final boolean shared;

    /** Whose rows are fetched: {@code looked} comes in the writer's thread, as the table is looked into, one of the others afterwards. */
    interface Fetcher {

        String queue();

        String target();

        void looked(int lane);

        void fetched(int lane, List<OutboxRow> rows);

        void notFetched(int lane);
    }

    /**
     * @param shared whether other bridges use the same database
     */
    OutboxTable(LedgerWriter writer, boolean shared) {
        this.writer = writer;
        this.shared = shared;
    }

    String owner() {
        return owner;
    }

    /** Until when what is taken now is this bridge's. */
    long lease(long now) {
        return shared ? now + LEASE : Long.MAX_VALUE;
    }

    boolean isAway() {
        return writer.away() != null;
    }

    /** Fetches rows for a queue that has room for them. */
    void fetch(Fetcher queue, int lane) {
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
                    LOG.error("{} for {}: what waits can't be read: {}", queue.queue(), queue.target(), PhoneMask.masked(reason.getMessage()));
                }
                queue.notFetched(lane);
            }
        });
    }

    private List<OutboxRow> take(LedgerTransaction transaction, Fetcher queue, int lane) throws SQLException {
        long now = transaction.now();
        List<OutboxRow> rows = transaction.sql("take-outbox").set("owner", owner).set("leaseUntil", lease(now)).set("queue", queue.queue())
                .set("target", queue.target()).set("lane", lane).set("now", now).set("limit", ROWS)
                .query(row -> new OutboxRow(row.getLong("id"), lane, row.getString("grouping"), row.getLong("first_seq"), row.getLong("last_seq"),
                        row.getInt("attempts"), LedgerRows.nullable(row, "failing_since"), row.getString("request_id"), row.getLong("received_at"),
                        row.getLong("due_at"), row.getLong("payload_id"), OutboxPayload.stored(row.getInt("items"), row.getBytes("body")),
                        System.nanoTime()));
        rows.sort(Comparator.comparingLong(OutboxRow::dueAt).thenComparingLong(OutboxRow::id));
        return rows;
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

            @Override
            public boolean waitsForLedger() {
                return true;
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
}
