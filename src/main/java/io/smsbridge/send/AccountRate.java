package io.smsbridge.send;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

import io.smsbridge.ledger.OutboxBatch;
import io.smsbridge.ledger.OutboxGate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When one account may make its next call: how many recipients in a second, and how long not at all, after Infobip has said 429 or has
 * failed again and again. Its own, as the rate limiters there are count calls, or know nobody who goes first.
 */
final class AccountRate implements OutboxGate {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.pace");

    /** How long a rate stays before it is raised, and by which part of the full one. */
    private static final long STEP = 5_000;
    private static final double RAISE = 0.1;
    /** Calls in a row that fail before Infobip is probed and not called. */
    private static final int FAILURES = 5;
    /** However long the account's retries wait, an Infobip that is back is noticed within this time. */
    private static final long LONGEST_PROBE = 60_000;

    private final String name;
    private final double configured;
    private final long retryDelay;
    private final long retryMaxDelay;
    private final LongSupplier clock;
    private final Runnable wake;

    /** Calls under way, and when each began. */
    private final Map<OutboxBatch, Long> calls = new HashMap<>();
    private int starting;
    /** Recipients in a second; 0: no limit. */
    private double rate;
    /** What a lowered rate is raised to. */
    private double full;
    private long raisedAt;
    private double tokens;
    private long filledAt;
    private long heldAt = Long.MIN_VALUE;
    private long heldUntil = Long.MIN_VALUE;
    private int failures;
    private String down;
    private boolean paused;

    private long countedSince;
    private int counted;
    private double lastSecond;

    /**
     * @param configured    most recipients in a second; 0: no limit
     * @param retryDelay    milliseconds of the first pause, where Infobip does not say how long
     * @param retryMaxDelay milliseconds of the longest
     * @param clock         milliseconds
     * @param wake          looks whether something may go now
     */
    AccountRate(String name, double configured, long retryDelay, long retryMaxDelay, LongSupplier clock, Runnable wake) {
        this.name = name;
        this.configured = configured;
        this.retryDelay = retryDelay;
        this.retryMaxDelay = retryMaxDelay;
        this.clock = clock;
        this.wake = wake;
        rate = configured;
        filledAt = clock.getAsLong();
        countedSince = filledAt;
    }

    @Override
    public synchronized int limit(int batchSize) {
        return rate > 0 && configured > 0 ? (int) Math.max(1, Math.min(batchSize, rate)) : batchSize;
    }

    @Override
    public synchronized long tryStart(boolean high, int recipients) {
        if (paused) {
            return Long.MAX_VALUE;
        }
        long now = clock.getAsLong();
        if (now < heldUntil) {
            return heldUntil - now;
        }
        if (failures >= FAILURES && calls.size() + starting > 0) {
            // One alone tries whether Infobip is back.
            return Long.MAX_VALUE;
        }
        raise(now);
        double cost = configured > 0 ? recipients : Math.min(recipients, rate);
        if (rate > 0) {
            // What was not used is saved for a tenth of a second, or until it is enough for this call.
            tokens = Math.min(tokens + (now - filledAt) * rate / 1000, Math.max(cost, rate / 10));
            filledAt = now;
            if (tokens < cost) {
                return Math.max(1, Math.min((long) Math.ceil((cost - tokens) * 1000 / rate), rate == configured ? Long.MAX_VALUE : raisedAt + STEP - now));
            }
            tokens -= cost;
        }
        count(now, recipients);
        starting++;
        return 0;
    }

    private void count(long now, int recipients) {
        if (now - countedSince >= 1000) {
            lastSecond = counted * 1000.0 / (now - countedSince);
            countedSince = now;
            counted = 0;
        }
        counted += recipients;
    }

    @Override
    public synchronized void started(OutboxBatch batch) {
        starting--;
        calls.put(batch, clock.getAsLong());
    }

    @Override
    public synchronized void ended(OutboxBatch batch) {
        calls.remove(batch);
    }

    /** Nothing was sent after all: its share of the rate is free again. */
    synchronized void unused(int recipients) {
        tokens += rate > 0 ? recipients : 0;
    }

    /**
     * What came of a call.
     *
     * @param failed     whether it is tried again, for another reason than 429
     * @param refusesAll why the account can't send at all until somebody mends it, such as a key that is refused; null where it can
     * @param retryAfter milliseconds that the answer asks to wait; 0 where it does not
     */
    void answered(OutboxBatch batch, int statusCode, boolean failed, String refusesAll, long retryAfter) {
        boolean free;
        synchronized (this) {
            long now = clock.getAsLong();
            long begun = calls.getOrDefault(batch, now);
            boolean was = failures >= FAILURES;
            if (statusCode == 429) {
                tooMany(begun, now, Math.max(retryAfter, retryDelay));
            } else if (!failed) {
                if (was) {
                    LOG.info("account {}: Infobip answers again", name);
                }
                failures = 0;
                down = null;
            } else if (begun >= heldAt) {
                failures = refusesAll == null ? failures + 1 : Math.max(failures + 1, FAILURES);
                down = refusesAll == null ? down : refusesAll;
                if (failures >= FAILURES) {
                    long wait = (long) Math.min(retryDelay * Math.pow(2, (double) failures - FAILURES), Math.min(retryMaxDelay, LONGEST_PROBE));
                    hold(now, Math.max(wait, retryAfter));
                    LOG.warn("account {}: {}; sends wait, and one call is tried in {} ms", name,
                            down == null ? failures + " calls in a row have failed" : down, heldUntil - now);
                }
            }
            free = was && failures == 0;
        }
        if (free) {
            wake.run();
        }
    }

    /** Calls that were under way when the first of them was told 429 say nothing new, but for how long to wait. */
    private void tooMany(long begun, long now, long wait) {
        boolean first = begun >= heldAt;
        hold(now, wait);
        if (first) {
            double was = rate > 0 ? rate : Math.max(lastSecond, counted);
            full = configured > 0 ? configured : rate > 0 ? full : was;
            rate = Math.max(was / 2, 1);
            tokens = 0;
            LOG.warn("account {}: Infobip has had too many (429); no call for {} ms, then {} recipients in a second, and slowly more", name,
                    heldUntil - now, Math.round(rate));
        }
        raisedAt = heldUntil;
    }

    private void hold(long now, long wait) {
        heldAt = now;
        heldUntil = Math.max(heldUntil, now + wait);
        filledAt = heldUntil;
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

    /** Recipients in a second at present; 0: no limit. */
    synchronized double rate() {
        raise(clock.getAsLong());
        return rate;
    }

    /** Milliseconds until the next call, where Infobip is to be left alone so long; else 0. */
    synchronized long held() {
        long now = clock.getAsLong();
        return now < heldUntil ? heldUntil - now : 0;
    }

    /** Why nothing can be sent through it, such as a key that Infobip refuses; null where it can. */
    synchronized String down() {
        return down;
    }

    /** No further call, until it is resumed, or the process ends. */
    synchronized void pause() {
        if (!paused) {
            paused = true;
            LOG.warn("account {}: paused; its sends wait", name);
        }
    }

    void resume() {
        synchronized (this) {
            if (!paused) {
                return;
            }
            paused = false;
            LOG.info("account {}: no longer paused", name);
        }
        wake.run();
    }

    synchronized boolean isPaused() {
        return paused;
    }

    /** Does not wait for the next probe's time, where calls have failed. How long Infobip asked for with 429 is waited for all the same. */
    void probeNow() {
        synchronized (this) {
            if (failures < FAILURES) {
                return;
            }
            heldUntil = clock.getAsLong();
        }
        wake.run();
    }
}
