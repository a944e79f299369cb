package io.smsbridge.ledger;

import java.sql.SQLException;

/**
 * Ids for rows: taken from the database in blocks, so that several bridges never choose the same, and a row costs no look-up. A block
 * taken in a transaction that is rolled back is taken again. For the writer's thread only.
 */
final class LedgerIds {

    private static final long BLOCK = 100_000;

    /** Takes so many ids from the database, and says which is the first after them. */
    @FunctionalInterface
    interface Block {
        long after(long count) throws SQLException;
    }

    private long next;
    private long end;

    long take(Block blocks, int count) throws SQLException {
        if (next + count > end) {
            long block = Math.max(BLOCK, count);
            long after = blocks.after(block);
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
