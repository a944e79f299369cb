package io.smsbridge.ledger;

/** Decides when what waits for one target may go: its rate, or whether it is down. Called by one thread at a time, and must not wait. */
public interface OutboxGate {

    /** Always open. */
    OutboxGate OPEN = new OutboxGate() {
    };

    /** Most items of the next call. */
    default int limit(int batchSize) {
        return batchSize;
    }

    /**
     * Asks for a call. One that may go is counted until {@link #ended}.
     *
     * @param high  whether it is what can't wait
     * @param items how many items it has
     * @return 0: it may go now; else after how many milliseconds to ask again, Long.MAX_VALUE: when {@link OutboxQueue#wake} is called
     */
    default long tryStart(boolean high, int items) {
        return 0;
    }

    /** The call that was let go by {@link #tryStart}. */
    default void started(OutboxBatch batch) {
    }

    /** The call is over, however it went. */
    default void ended(OutboxBatch batch) {
    }
}
