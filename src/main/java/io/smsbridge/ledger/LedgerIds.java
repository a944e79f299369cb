package io.smsbridge.ledger;

import java.sql.SQLException;

/**
 * Ids for rows: taken from the database in blocks, so that several bridges never choose the same, and a row costs no look-up. A block
 * taken in a transaction that is rolled back is taken again. For the writer's thread only.
 */
final class LedgerIds {

    private static final long BLOCK = 100_000;

    private long next;
    private long end;

    long take(LedgerTransaction transaction, int count) throws SQLException {
        if (next + count > end) {
            long block = Math.max(BLOCK, count);
            long after = transaction.sql("take-ids").set("count", block).query(row -> row.getLong(1)).get(0);
            next = after - block;
            end = after;
        }
        long first = next;
        next += count;
        return first;
    }

    /** After a rollback: the database has given the block back. */
    void forget() {
        next = 0;
        end = 0;
    }
}
