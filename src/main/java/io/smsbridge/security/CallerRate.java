package io.smsbridge.security;

import java.util.function.LongSupplier;

/**
 * At most so many in a second, on the average of some seconds. Whoever has not used his second in full has it as a whole; what a batch takes
 * beyond it, the next ones wait for. So a batch that is larger than the rate passes, too.
 */
final class CallerRate {

    private final int perSecond;
    private final LongSupplier clock;
    private double left;
    private long filledAt;

    /**
     * @param perSecond 0: no limit
     * @param clock     milliseconds
     */
    CallerRate(int perSecond, LongSupplier clock) {
        this.perSecond = perSecond;
        this.clock = clock;
        left = perSecond;
        filledAt = clock.getAsLong();
    }

    int perSecond() {
        return perSecond;
    }

    /** Takes so many, unless what was taken before is not made up for yet: then the seconds to wait, at least 1. Else 0. */
    long take(int n) {
        if (perSecond == 0) {
            return 0;
        }
        synchronized (this) {
            long now = clock.getAsLong();
            left = Math.min(perSecond, left + (now - filledAt) * perSecond / 1000.0);
            filledAt = now;
            if (left >= Math.min(n, perSecond)) {
                left -= n;
                return 0;
            }
            return (long) Math.max(1, Math.ceil((Math.min(n, perSecond) - left) / perSecond));
        }
    }
}
