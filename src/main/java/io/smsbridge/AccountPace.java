package io.smsbridge;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When one account may make its next call: how many at a time, how many recipients in a second, and how long not at all, after
 * Infobip has said 429 or has failed again and again. Its own, as the rate limiters there are count calls, or know nobody who goes
 * first.
 */
final class AccountPace {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.pace");

    /** How long a rate stays before it is raised, and by which part of the full one. */
    private static final long STEP = 5_000;
    private static final double RAISE = 0.1;
    /** Calls in a row that fail before Infobip is probed and not called. */
    private static final int FAILURES = 5;
    /** However long the account's retries wait, an Infobip that is back is noticed within this time. */
    private static final long LONGEST_PROBE = 60_000;

    private record Waiter(boolean high, int recipients) {
    }

    /** A call that may be made, and is counted until {@link #ended}. */
    static final class Turn {
        private final boolean high;
        private final long begun;
        private final long since = System.nanoTime();
        private boolean ended;

        private Turn(boolean high, long begun) {
            this.high = high;
            this.begun = begun;
        }

        /** How long it has lasted. */
        long millis() {
            return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
        }
    }

    private final String name;
    private final double configured;
    private final int parallel;
    private final long retryDelay;
    private final long retryMaxDelay;
    private final LongSupplier clock;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Waiter> high = new ArrayDeque<>();
    private final Deque<Waiter> normal = new ArrayDeque<>();
    private int calls;
    private int normalCalls;
    private boolean stopping;

    /** Recipients in a second; 0: no limit. */
    private double rate;
    /** What a lowered rate is raised to. */
    private double full;
    private long raisedAt;
    private double tokens;
    private long filledAt;
    private long pausedAt = Long.MIN_VALUE;
    private long pausedUntil = Long.MIN_VALUE;
    private int failures;

    private long countedSince;
    private int counted;
    private double lastSecond;

    /**
     * @param configured    most recipients in a second; 0: no limit
     * @param parallel      most calls at one time
     * @param retryDelay    milliseconds of the first pause, where Infobip does not say how long
     * @param retryMaxDelay milliseconds of the longest
     * @param clock         milliseconds
     */
    AccountPace(String name, double configured, int parallel, long retryDelay, long retryMaxDelay, LongSupplier clock) {
        this.name = name;
        this.configured = configured;
        this.parallel = parallel;
        this.retryDelay = retryDelay;
        this.retryMaxDelay = retryMaxDelay;
        this.clock = clock;
        rate = configured;
        filledAt = clock.getAsLong();
        countedSince = filledAt;
    }

    /** Waits until a call to so many recipients may be made; null when the bridge stops before that. */
    Turn await(boolean isHigh, int recipients) {
        Waiter me = new Waiter(isHigh, recipients);
        lock.lock();
        try {
            Deque<Waiter> lane = isHigh ? high : normal;
            lane.add(me);
            try {
                while (!stopping) {
                    long wait = wait(me);
                    if (wait == 0) {
                        return take(me);
                    }
                    if (wait == Long.MAX_VALUE) {
                        changed.await();
                    } else {
                        changed.await(wait, TimeUnit.MILLISECONDS);
                    }
                }
                return null;
            } finally {
                lane.removeIf(waiter -> waiter == me);
                changed.signalAll();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Milliseconds until this one may go: 0 for now, the highest number until something changes. */
    private long wait(Waiter me) {
        long now = clock.getAsLong();
        if (now < pausedUntil) {
            return pausedUntil - now;
        }
        Waiter first = high.isEmpty() ? normal.peek() : high.peek();
        if (me != first || !hasSlot(me)) {
            return Long.MAX_VALUE;
        }
        raise(now);
        if (rate == 0) {
            return 0;
        }
        double cost = cost(me);
        // What was not used is saved for a tenth of a second, or until it is enough for this call.
        tokens = Math.min(tokens + (now - filledAt) * rate / 1000, Math.max(cost, rate / 10));
        filledAt = now;
        return tokens >= cost ? 0 : Math.min((long) Math.ceil((cost - tokens) * 1000 / rate), rate == configured ? Long.MAX_VALUE : raisedAt + STEP - now);
    }

    /** A rate that nobody has set is what happened to be sent before 429, which may be next to nothing: one call in a second always goes. */
    private double cost(Waiter me) {
        return configured > 0 ? me.recipients() : Math.min(me.recipients(), rate);
    }

    /** One call is kept free for what can't wait, where there is more than one; and one alone probes whether Infobip is back. */
    private boolean hasSlot(Waiter me) {
        if (failures >= FAILURES) {
            return calls == 0;
        }
        return calls < parallel && (me.high() || parallel == 1 || normalCalls < parallel - 1);
    }

    private Turn take(Waiter me) {
        long now = clock.getAsLong();
        calls++;
        normalCalls += me.high() ? 0 : 1;
        tokens -= rate == 0 ? 0 : cost(me);
        if (now - countedSince >= 1000) {
            lastSecond = counted * 1000.0 / (now - countedSince);
            countedSince = now;
            counted = 0;
        }
        counted += me.recipients();
        return new Turn(me.high(), now);
    }

    /** What came of a call: 429, another failure after which it is tried again, or any other answer. */
    void answered(Turn turn, int statusCode, boolean failed, long retryAfter) {
        lock.lock();
        try {
            long now = clock.getAsLong();
            if (statusCode == 429) {
                tooMany(turn, now, Math.max(retryAfter, retryDelay));
            } else if (!failed) {
                if (failures >= FAILURES) {
                    LOG.info("account {}: Infobip answers again", name);
                }
                failures = 0;
            } else if (turn.begun >= pausedAt) {
                failures++;
                if (failures >= FAILURES) {
                    probeLater(now, retryAfter);
                    LOG.warn("account {}: {} calls in a row have failed; sends wait in their queues, and one is tried in {} ms", name, failures,
                            pausedUntil - now);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Infobip refuses the account's key: none of its calls can succeed until somebody mends that, and one at a time tries whether it is. */
    void keyRefused(Turn turn, int statusCode) {
        lock.lock();
        try {
            long now = clock.getAsLong();
            if (turn.begun >= pausedAt) {
                failures = Math.max(FAILURES, failures + 1);
                probeLater(now, 0);
                LOG.warn("account {}: Infobip refuses its key (HTTP {}): check baseUrl, apiKey and its scopes; sends wait in their queues, and one is tried in {} ms",
                        name, statusCode, pausedUntil - now);
            }
        } finally {
            lock.unlock();
        }
    }

    private void probeLater(long now, long asked) {
        long wait = (long) Math.min(retryDelay * Math.pow(2, (double) failures - FAILURES), Math.min(retryMaxDelay, LONGEST_PROBE));
        pause(now, Math.max(wait, asked));
    }

    /** Calls that were under way when the first of them was told 429 say nothing new, but for how long to wait. */
    private void tooMany(Turn turn, long now, long wait) {
        boolean first = turn.begun >= pausedAt;
        pause(now, wait);
        if (first) {
            double was = rate > 0 ? rate : Math.max(lastSecond, counted);
            full = configured > 0 ? configured : rate > 0 ? full : was;
            rate = Math.max(was / 2, 1);
            tokens = 0;
            LOG.warn("account {}: Infobip has had too many (429); no call for {} ms, then {} recipients in a second, and slowly more", name,
                    pausedUntil - now, Math.round(rate));
        }
        raisedAt = pausedUntil;
    }

    private void pause(long now, long wait) {
        pausedAt = now;
        pausedUntil = Math.max(pausedUntil, now + wait);
        filledAt = pausedUntil;
        changed.signalAll();
    }

    private void raise(long now) {
        while (rate > 0 && rate != configured && now - raisedAt >= STEP) {
            raisedAt += STEP;
            rate += full * RAISE;
            if (rate >= full) {
                rate = configured;
                LOG.info("account {}: back to its full rate", name);
            }
        }
    }

    /** Once more than once is as once. */
    void ended(Turn turn) {
        lock.lock();
        try {
            if (!turn.ended) {
                turn.ended = true;
                calls--;
                normalCalls -= turn.high ? 0 : 1;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whoever waits goes without a turn, and whoever comes later. */
    void stop() {
        lock.lock();
        try {
            stopping = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Recipients in a second at present; 0: no limit. */
    double rate() {
        lock.lock();
        try {
            raise(clock.getAsLong());
            return rate;
        } finally {
            lock.unlock();
        }
    }

    /** Milliseconds until the next call; 0 where the account is not paused. */
    long pause() {
        lock.lock();
        try {
            return Math.max(0, pausedUntil - clock.getAsLong());
        } finally {
            lock.unlock();
        }
    }
}
