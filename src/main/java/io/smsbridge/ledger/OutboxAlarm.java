package io.smsbridge.ledger;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Wakes a queue at the earliest of the times asked for. Its queue locks it. */
final class OutboxAlarm {

    private final ScheduledExecutorService timer;
    private final Runnable wake;
    private ScheduledFuture<?> next;
    private long at = Long.MAX_VALUE;

    OutboxAlarm(ScheduledExecutorService timer, Runnable wake) {
        this.timer = timer;
        this.wake = wake;
    }

    /** @param time epoch milliseconds */
    void set(long time) {
        if (next != null && !next.isDone() && time >= at) {
            return;
        }
        stop();
        at = time;
        try {
            next = timer.schedule(wake, Math.max(0, time - System.currentTimeMillis()), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            next = null;
        }
    }

    /** It has rung. */
    void done() {
        next = null;
        at = Long.MAX_VALUE;
    }

    void stop() {
        if (next != null) {
            next.cancel(false);
        }
        done();
    }
}
