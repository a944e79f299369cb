package io.smsbridge.ledger;

import java.util.concurrent.atomic.AtomicLong;

/** What all queues together keep in memory of the outbox. */
final class OutboxMemory {

    /** Bytes of JSON. */
    private static final long MOST = 32L << 20;
    /** Below this much, what comes in is kept as trees, too, which take some ten times as much. */
    private static final long AS_TREES = 8L << 20;

    private final AtomicLong kept = new AtomicLong();

    /** Whatever normal rows take, there is room for what is high. */
    boolean hasRoom(boolean high) {
        return kept.get() < (high ? 2 * MOST : MOST);
    }

    boolean keepsTrees() {
        return kept.get() < AS_TREES;
    }

    void take(long bytes) {
        kept.addAndGet(bytes);
    }

    void release(long bytes) {
        kept.addAndGet(-bytes);
    }
}
