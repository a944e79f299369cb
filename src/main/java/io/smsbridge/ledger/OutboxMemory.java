package io.smsbridge.ledger;

import java.util.concurrent.atomic.AtomicLong;

/** What all queues together keep in memory of the outbox. */
final class OutboxMemory {

    /** Bytes of payload; as objects they take some ten times as much. */
    private static final long MOST = 8L << 20;

    private final AtomicLong kept = new AtomicLong();

    /** Whatever normal rows take, there is room for what is high. */
    boolean hasRoom(boolean high) {
        return kept.get() < (high ? 2 * MOST : MOST);
    }

    void take(long bytes) {
        kept.addAndGet(bytes);
    }

    void release(long bytes) {
        kept.addAndGet(-bytes);
    }
}
