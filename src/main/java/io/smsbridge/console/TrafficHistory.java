package io.smsbridge.console;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

/** The last hour of this process, in memory. The meters are read every few seconds, so that a message costs nothing more. */
final class TrafficHistory {

    /** Milliseconds between two samples. */
    static final long EVERY = 10_000;
    /** An hour, and the one before. */
    static final int KEPT = 361;
    /** What {@link #since} gives of each sample; rates are per second, over the time since the sample before. */
    static final List<String> COLUMNS = List.of("at", "accepted", "sent", "delivered", "failed", "sendingMillis", "tellingMillis", "waitingSends", "waitingEvents");
    /** A rate over less jumps with each message. */
    private static final long SHORTEST = 4_000;

    private final Supplier<Traffic> meters;
    private final Deque<Traffic> samples = new ArrayDeque<>();

    TrafficHistory(Supplier<Traffic> meters) {
        this.meters = meters;
    }

    Traffic now() {
        return meters.get();
    }

    void sample() {
        add(meters.get());
    }

    synchronized void add(Traffic sample) {
        // Where the clock was set back, time goes on from there.
        while (!samples.isEmpty() && samples.getLast().at() >= sample.at()) {
            samples.removeLast();
        }
        samples.addLast(sample);
        if (samples.size() > KEPT) {
            samples.removeFirst();
        }
    }

    /** What a moment's rates are measured from: the newest sample that is old enough, or else the oldest. */
    synchronized Traffic before(Traffic now) {
        for (Iterator<Traffic> newest = samples.descendingIterator(); newest.hasNext();) {
            Traffic sample = newest.next();
            if (now.at() - sample.at() >= SHORTEST) {
                return sample;
            }
        }
        return samples.isEmpty() ? now : samples.getFirst();
    }

    /** The samples later than a time, the oldest first, each as {@link #COLUMNS} says. The first of all is only what the next is compared with. */
    synchronized List<List<Number>> since(long after) {
        List<List<Number>> rows = new ArrayList<>();
        Traffic before = null;
        for (Traffic sample : samples) {
            if (before != null && sample.at() > after) {
                rows.add(row(sample, before));
            }
            before = sample;
        }
        return rows;
    }

    static List<Number> row(Traffic now, Traffic before) {
        return Arrays.asList(now.at(), now.perSecond("accepted", before), now.perSecond("sent", before), now.perSecond("delivered", before),
                now.perSecond("failed", before), now.millis("sending", before), now.millis("telling", before),
                Traffic.known(now.waitingSends()), Traffic.known(now.waitingEvents()));
    }
}
