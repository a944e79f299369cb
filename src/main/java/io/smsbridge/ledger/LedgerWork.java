package io.smsbridge.ledger;

import java.sql.SQLException;

/** Something to be written to the ledger, whole or not at all, in a transaction shared with whatever else waits at that moment. */
public interface LedgerWork {

    /**
     * Called in the writer's thread; again where the transaction failed and the work is tried alone. Whatever it keeps in itself it has
     * to set anew each time.
     */
    void write(LedgerTransaction transaction) throws SQLException;

    /** What was written is on disk. Called in a thread for all works, in their order; not in the writer's. */
    default void committed() {
    }

    /** Nothing was written. Called once, and never after {@link #committed}. */
    default void failed(Exception reason) {
    }

    /** Whether a route goes on in {@link #committed} and {@link #failed}: they are called in a thread that may block, in any order. */
    default boolean continuesRoute() {
        return false;
    }

    /**
     * Whether the work waits for a database that is away, for as long as the process lives: so the outcome of a call that was made. Other
     * work fails at once.
     */
    default boolean waitsForLedger() {
        return false;
    }
}
