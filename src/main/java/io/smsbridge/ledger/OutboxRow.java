package io.smsbridge.ledger;

/**
 * A row of the outbox that this bridge has in hand.
 *
 * @param lane         0 goes before 1
 * @param grouping     only rows of one grouping may share a call
 * @param firstSeq     sends: the first of the sequence numbers that its messages have, and no others
 * @param attempts     how many have failed so far
 * @param failingSince when the first of them failed, in epoch milliseconds; null for none
 * @param requestId    of the request that brought it, or the first of them; null where that is not known
 * @param receivedAt   when it came in, in epoch milliseconds
 * @param arrivedNanos when this bridge took it in hand, by System.nanoTime
 */
public record OutboxRow(long id, int lane, String grouping, long firstSeq, long lastSeq, int attempts, Long failingSince, String requestId,
        long receivedAt, long dueAt, long payloadId, OutboxPayload payload, long arrivedNanos) {

    /** The lanes; high goes first. */
    static final int HIGH = 0;
    static final int NORMAL = 1;
    static final int LANES = 2;

    /** How many items it has. */
    int count() {
        return payload.count();
    }

    /** Of its payload, as stored. */
    int bytes() {
        return payload.json().length;
    }

    OutboxRow with(OutboxPayload other) {
        return new OutboxRow(id, lane, grouping, firstSeq, lastSeq, attempts, failingSince, requestId, receivedAt, dueAt, payloadId, other, arrivedNanos);
    }
}
