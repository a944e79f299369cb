package io.smsbridge.ledger;

/** The ledger's database can't be written now: away, full, or so slow that too much waits for it. Nothing of the work was stored. */
public final class LedgerAway extends Exception {
    private static final long serialVersionUID = 1L;

    LedgerAway(String message) {
        super(message);
    }
}
