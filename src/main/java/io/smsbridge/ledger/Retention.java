package io.smsbridge.ledger;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bean {@code retention}: forgets messages, events, opt-ins and dead letters after their time, and what nobody needs any more. */
public final class Retention {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.ledger");
    /** As the statements limit a step. */
    private static final int STEP = 500;
    /** By which the clocks of bridges that share a ledger may differ. */
    private static final long CLOCKS = 3_600_000;

    private final LedgerWriter writer;
    private final boolean shared;
    private final long millis;
    private final long letterMillis;

    /**
     * @param millis       for which a message is remembered
     * @param letterMillis for which a dead letter is kept since it failed last; 0: until somebody handles it
     */
    public Retention(LedgerDatabase ledger, long millis, long letterMillis) {
        this.writer = ledger.writer();
        this.shared = !ledger.isFile();
        this.millis = millis;
        this.letterMillis = letterMillis;
    }

    /** Removes what is older, in steps, between which others write. */
    public void purge() throws Exception {
        long before = System.currentTimeMillis() - millis;
        remove("forget-messages", statement -> statement.set("before", before));
        remove("forget-events", statement -> statement.set("before", before));
        long ended = System.currentTimeMillis() - CLOCKS;
        remove("forget-accepted-counts", statement -> statement.set("before", ended));
        remove("forget-consents", statement -> statement.set("before", before));
        if (letterMillis > 0) {
            long lettersBefore = System.currentTimeMillis() - letterMillis;
            long removed = remove("forget-dead-letters", statement -> statement.set("before", lettersBefore));
            if (removed > 0) {
                LOG.warn("{} dead letters removed that nobody has handled within ledger.deadLetterRetention", removed);
            }
        }
        if (shared) {
            remove("forget-payloads", statement -> { });
        }
    }

    private long remove(String name, LedgerDatabase.Parameters parameters) throws Exception {
        long all = 0;
        int removed;
        do {
            removed = writer.call(transaction -> {
                LedgerStatement statement = transaction.sql(name);
                parameters.set(statement);
                return statement.execute();
            });
            all += removed;
        } while (removed == STEP);
        return all;
    }
}
