package io.smsbridge.forward;

import java.time.Instant;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.smsbridge.ledger.OutboxBatch;
import io.smsbridge.ledger.OutboxGate;
import io.smsbridge.settings.DownstreamSettings;
import io.smsbridge.text.Failure;
import io.smsbridge.text.PhoneMask;
import io.smsbridge.text.Texts;
import io.smsbridge.text.Times;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether one downstream takes what it is posted, and what follows.
 * <p>
 * After {@code downAfter} failures in a row it is down: what waits stays in the outbox untouched. From time to time one batch is let
 * through, the probe, and the first that is taken opens the way for all. Nothing is given up meanwhile: a batch that fails while its
 * downstream is down goes back as it was. A downstream that asks to be left alone for a time, by 429 or 503 with Retry-After, is
 * treated alike.
 */
public final class DownstreamCircuit implements OutboxGate {

    /** Taking what it is posted; failing, but not yet counted as down; down; to be left alone, as it asked; or paused by an operator. */
    public enum State { UP, FAILING, DOWN, HELD, PAUSED }

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.downstream-states");
    /** Answers, besides 3xx and 5xx, that any other POST would have got as well: a bad item is answered 400, 413 or 422. */
    private static final Set<Integer> OF_NO_ITEM = Set.of(401, 402, 403, 404, 405, 407, 408, 410, 421, 425, 429);
    private static final Set<Integer> ASKING_FOR_TIME = Set.of(429, 503);
    private static final long LONGEST_HOLD = TimeUnit.HOURS.toMillis(24);
    private static final int SHOWN = 300;

    private final DownstreamSettings downstream;
    private final Runnable wake;
    private final Runnable hasten;

    private int failures;
    private long failingSince;
    private String lastError;
    private long lastErrorAt;
    private boolean shut;
    private boolean held;
    private boolean paused;
    private int probes;
    private long nextProbe;
    private boolean probing;
    private OutboxBatch probe;

    /**
     * @param wake   looks whether something may go now
     * @param hasten makes what waits for a retry far off wait for the downstream, like all the rest
     */
    DownstreamCircuit(DownstreamSettings downstream, Runnable wake, Runnable hasten) {
        this.downstream = downstream;
        this.wake = wake;
        this.hasten = hasten;
    }

    public String name() {
        return downstream.name();
    }

    public synchronized State state() {
        return paused ? State.PAUSED : shut ? held ? State.HELD : State.DOWN : failures > 0 ? State.FAILING : State.UP;
    }

    /** False while it is down; one that is held or paused may well be up. */
    public boolean isUp() {
        return state() != State.DOWN;
    }

    /** When the first of the failures in a row was; null when the last call was taken. */
    public synchronized Instant failingSince() {
        return failures == 0 ? null : Instant.ofEpochMilli(failingSince);
    }

    /** How many calls have failed since the last that was taken. */
    public synchronized int failuresInARow() {
        return failures;
    }

    /** When the next batch is let through; null when all are. A time that has passed: with the next batch there is. */
    public synchronized Instant nextProbe() {
        return shut && !paused ? Instant.ofEpochMilli(nextProbe) : null;
    }

    /** What the last call that failed was answered, or how it failed; numbers are masked. Null when none has failed since the start. */
    public synchronized String lastError() {
        return lastError;
    }

    public synchronized Instant lastErrorAt() {
        return lastError == null ? null : Instant.ofEpochMilli(lastErrorAt);
    }

    /** It is posted nothing more, until {@link #resume} or the end of the process. Calls under way are finished. */
    public synchronized void pause() {
        if (!paused) {
            paused = true;
            LOG.warn("{}: paused; what comes for it waits", this);
        }
    }

    /** Ends a pause. A downstream that is down is probed at once. */
    public void resume() {
        synchronized (this) {
            if (!paused) {
                return;
            }
            paused = false;
            nextProbe = 0;
            LOG.info("{}: no longer paused", this);
        }
        wake.run();
    }

    /** Does not wait for the next probe's time. Without effect on one that is neither down nor held, or is paused. */
    public void probeNow() {
        synchronized (this) {
            nextProbe = 0;
        }
        wake.run();
    }

    @Override
    public synchronized int limit(int batchSize) {
        return shut ? 1 : batchSize;
    }

    @Override
    public synchronized long tryStart(boolean high, int items) {
        if (paused || probing) {
            return Long.MAX_VALUE;
        }
        if (!shut) {
            return 0;
        }
        long now = System.currentTimeMillis();
        if (now < nextProbe) {
            return nextProbe - now;
        }
        probing = true;
        return 0;
    }

    @Override
    public synchronized void started(OutboxBatch batch) {
        if (probing && probe == null) {
            probe = batch;
        }
    }

    @Override
    public synchronized void ended(OutboxBatch batch) {
        if (batch == probe) {
            probe = null;
            probing = false;
            if (shut && nextProbe <= System.currentTimeMillis()) {
                // It ended without an answer of the downstream's.
                nextProbe = System.currentTimeMillis() + downstream.probeDelay();
            }
        }
    }

    /**
     * What followed on a POST.
     *
     * @param code   the answer's HTTP status; 0 when there was no answer
     * @param answer its body, or the error met
     * @param hold   how long the answer asks to be left alone, in milliseconds
     * @return whether the batch is to go back as it was, since it is the downstream that fails, and is waited for
     */
    boolean answered(OutboxBatch batch, int code, Failure answer, long hold) {
        if (code == 0 || code >= 500 || code >= 300 && code < 400 || OF_NO_ITEM.contains(code)) {
            boolean wasShut = isShut();
            boolean waits = failed(batch, answer.answered(code),
                    ASKING_FOR_TIME.contains(code) ? Math.min(hold, LONGEST_HOLD) : 0);
            if (waits && !wasShut) {
                hasten.run();
            }
            return waits;
        }
        taken();
        return false;
    }

    /** Whether it is down or held: what comes for it waits for it, and not for a time of its own. */
    synchronized boolean isShut() {
        return shut;
    }

    private void taken() {
        synchronized (this) {
            if (failures == 0 && !shut) {
                return;
            }
            failures = 0;
            if (!shut) {
                return;
            }
            shut = false;
            probing = false;
            probe = null;
            LOG.info("{}: takes what it is posted again", this);
        }
        wake.run();
    }

    private synchronized boolean failed(OutboxBatch batch, Failure error, long hold) {
        long now = System.currentTimeMillis();
        lastError = PhoneMask.masked(Texts.cut(error.whole(), SHOWN));
        lastErrorAt = now;
        if (failures++ == 0) {
            failingSince = now;
        }
        if (shut) {
            if (batch == probe) {
                probes++;
                held = hold > 0;
                nextProbe = now + (hold > 0 ? hold : (long) Math.min(downstream.probeDelay() * Math.pow(2, probes), downstream.probeMaxDelay()));
                LOG.warn("{}: {} since {}, the next batch is tried at {}: {}", this, held ? "still to be left alone" : "still down",
                        local(failingSince), local(nextProbe), error.brief());
            }
            return true;
        }
        // Who wants no retries wants no waiting either.
        boolean waitedFor = downstream.retry().maxAge() > 0;
        if (waitedFor && (hold > 0 || downstream.downAfter() > 0 && failures >= downstream.downAfter())) {
            shut = true;
            held = hold > 0;
            probes = 0;
            nextProbe = now + (hold > 0 ? hold : downstream.probeDelay());
            LOG.warn("{}: {}; what comes for it waits, one batch is tried at {}: {}", this,
                    held ? "asks to be left alone" : "down after " + failures + " failures in a row", local(nextProbe), error.brief());
            return true;
        }
        return false;
    }

    private static String local(long millis) {
        return Times.toTheSecond(Instant.ofEpochMilli(millis));
    }

    @Override
    public String toString() {
        return "downstream " + downstream.name();
    }
}
