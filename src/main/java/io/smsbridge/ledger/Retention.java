package io.smsbridge.ledger;

import java.util.List;

/** Bean {@code retention}: forgets messages and events after their time. */
public final class Retention {

    /** As forget-messages.sql and forget-events.sql limit a step. */
    private static final int STEP = 500;

    private final LedgerWriter writer;
    private final long millis;

    /** @param millis for which a message is remembered */
    public Retention(LedgerWriter writer, long millis) {
        this.writer = writer;
        this.millis = millis;
    }

    /** Removes what is older, in steps, between which others write. */
    public void purge() throws Exception {
        long before = System.currentTimeMillis() - millis;
        for (String statement : List.of("forget-messages", "forget-events")) {
            int removed;
            do {
                removed = writer.call(transaction -> transaction.sql(statement).set("before", before).execute());
            } while (removed == STEP);
        }
    }
}
