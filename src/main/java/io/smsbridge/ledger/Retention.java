package io.smsbridge.ledger;

/** Bean {@code retention}: forgets messages and events after their time, and what nobody needs any more. */
public final class Retention {

    /** As the statements limit a step. */
    private static final int STEP = 500;

    private final LedgerWriter writer;
    private final boolean shared;
    private final long millis;

    /** @param millis for which a message is remembered */
    public Retention(LedgerDatabase ledger, long millis) {
        this.writer = ledger.writer();
        this.shared = !ledger.isFile();
        this.millis = millis;
    }

    /** Removes what is older, in steps, between which others write. */
    public void purge() throws Exception {
        long before = System.currentTimeMillis() - millis;
        remove("forget-messages", statement -> statement.set("before", before));
        remove("forget-events", statement -> statement.set("before", before));
        if (shared) {
            remove("forget-payloads", statement -> { });
        }
    }

    private void remove(String name, LedgerDatabase.Parameters parameters) throws Exception {
        int removed;
        do {
            removed = writer.call(transaction -> {
                LedgerStatement statement = transaction.sql(name);
                parameters.set(statement);
                return statement.execute();
            });
        } while (removed == STEP);
    }
}
