package io.smsbridge.ledger;

/** What a queue knows of its rows in the table that are not in memory. Its queue locks it. */
final class OutboxRest {

    /** Whether there are some of a lane that are due. */
    private final boolean[] more = {true, true};
    private final boolean[] fetching = new boolean[OutboxRow.LANES];
    /** Whether a row was left to the table after the fetch under way has looked into it. */
    private final boolean[] missed = new boolean[OutboxRow.LANES];
    private long nextDue = Long.MAX_VALUE;

    /** Whether a new row of the lane has nobody before it in the table. */
    boolean isNone(int lane) {
        return !more[lane] && !fetching[lane];
    }

    /** A row of the lane stays in the table. */
    void left(int lane) {
        more[lane] = true;
        missed[lane] = true;
    }

    /** There are rows of the lane that are due from that time on, in epoch milliseconds. */
    void due(int lane, long at, long now) {
        if (at <= now) {
            more[lane] = true;
        } else {
            nextDue = Math.min(nextDue, at);
        }
    }

    void dueNow() {
        more[OutboxRow.HIGH] = true;
        more[OutboxRow.NORMAL] = true;
    }

    /** When rows are due next that are not so yet; the highest number where none is known. */
    long nextDue(long now) {
        if (nextDue <= now) {
            nextDue = Long.MAX_VALUE;
            dueNow();
        }
        return nextDue;
    }

    boolean isToFetch(int lane) {
        return more[lane] && !fetching[lane];
    }

    void fetching(int lane) {
        fetching[lane] = true;
    }

    /** The table is looked into now: a row left to it before is found. */
    void looked(int lane) {
        missed[lane] = false;
    }

    /** @param all whether all that was due was fetched */
    void fetched(int lane, boolean all) {
        fetching[lane] = false;
        more[lane] = !all || missed[lane];
    }
}
