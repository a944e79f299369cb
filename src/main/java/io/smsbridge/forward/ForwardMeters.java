package io.smsbridge.forward;

import io.smsbridge.ledger.OutboxBatch;

/** What is counted of the way to a downstream. */
public interface ForwardMeters {

    /** A POST was answered, or not (0). */
    void called(OutboxBatch batch, int code);

    /** So many of its events were taken. */
    void taken(OutboxBatch batch, int events);

    void retried(OutboxBatch batch);

    /** @param outcome retry where the retries have run out, else refused */
    void givenUp(OutboxBatch batch, String outcome);
}
