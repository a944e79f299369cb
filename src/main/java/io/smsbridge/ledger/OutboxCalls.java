package io.smsbridge.ledger;

import java.util.List;
import java.util.concurrent.TimeUnit;

/** The calls of a queue that are under way, and whether there may be one more. Its queue locks it. */
final class OutboxCalls {

    /**
     * How a consumer takes what waits.
     *
     * @param batchSize    most items in one call
     * @param parallel     most calls at one time
     * @param keepsOneFree whether one of them is kept free for what is high
     * @param gatherMillis how long few items may wait for more while another call is under way
     */
    record Terms(int batchSize, int parallel, boolean keepsOneFree, long gatherMillis, OutboxGate gate) {
    }

    /** Where calls are few and small. As JSON they take some megabytes. */
    private static final int LEAST_WINDOW = 12_800;

    private Terms terms;
    private int running;
    private int runningNormal;

    void take(Terms newTerms) {
        terms = newTerms;
    }

    int running() {
        return running;
    }

    /** Items of one lane that may be in memory. */
    int window() {
        return Math.max(2 * terms.parallel() * terms.batchSize(), LEAST_WINDOW);
    }

    /** Most items in the next call. */
    int limit() {
        return terms.gate().limit(terms.batchSize());
    }

    boolean hasSlot(boolean high) {
        return running < terms.parallel() && (high || !terms.keepsOneFree() || terms.parallel() == 1 || runningNormal < terms.parallel() - 1);
    }

    /** Milliseconds until a call with these rows may be made: 0 for now, and then it counts as begun; the highest number until something changes. */
    long wait(List<OutboxRow> rows, int most) {
        int count = rows.stream().mapToInt(row -> row.count()).sum();
        long gather = gatherLeft(rows.get(0), count, most);
        return gather > 0 ? Math.max(1, gather / 1_000_000) : terms.gate().tryStart(rows.get(0).lane() == OutboxRow.HIGH, count);
    }

    /** Nanoseconds for which few items wait for more; what comes alone goes at once. */
    private long gatherLeft(OutboxRow oldest, int count, int most) {
        return running == 0 || count >= most ? 0 : TimeUnit.MILLISECONDS.toNanos(terms.gatherMillis()) - (System.nanoTime() - oldest.arrivedNanos());
    }

    void started(OutboxBatch batch) {
        running++;
        runningNormal += batch.isHigh() ? 0 : 1;
        terms.gate().started(batch);
    }

    void ended(OutboxBatch batch) {
        running--;
        runningNormal -= batch.isHigh() ? 0 : 1;
        terms.gate().ended(batch);
    }
}
