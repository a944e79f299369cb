package io.smsbridge.console;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.smsbridge.ledger.OutboxCounts;

/**
 * What this process has done since its start, as the metrics have it, and what waits, at one moment.
 *
 * @param at            epoch milliseconds
 * @param totals        by what was counted: messages, or, of ways through the bridge, calls and milliseconds
 * @param waitingSends  recipients; -1: not known
 * @param waitingEvents -1: not known
 */
record Traffic(long at, Map<String, Double> totals, long waitingSends, long waitingEvents) {

    private static final Map<String, String> COUNTED = Map.of(
            "smsbridge.recipients.accepted", "accepted",
            "smsbridge.recipients.refused", "refused",
            "smsbridge.recipients.sent", "sent",
            "smsbridge.recipients.rejected", "rejected",
            "smsbridge.events.forwarded", "told");
    private static final String EVENTS = "smsbridge.events";
    private static final Map<String, String> TIMED = Map.of("smsbridge.send.latency", "sending", "smsbridge.forward.latency", "telling");
    private static final String MILLIS = " ms";

    static Traffic now(MeterRegistry meters, long waitingSends, long waitingEvents) {
        Map<String, Double> totals = new HashMap<>();
        for (Meter meter : meters.getMeters()) {
            String name = meter.getId().getName();
            if (meter instanceof Counter counter) {
                String counted = name.equals(EVENTS) ? meter.getId().getTag("type") : COUNTED.get(name);
                if (counted != null && !(name.equals(EVENTS) && COUNTED.containsValue(counted))) {
                    totals.merge(counted, counter.count(), Double::sum);
                }
            } else if (meter instanceof Timer timer && TIMED.containsKey(name)) {
                totals.merge(TIMED.get(name), (double) timer.count(), Double::sum);
                totals.merge(TIMED.get(name) + MILLIS, timer.totalTime(TimeUnit.MILLISECONDS), Double::sum);
            }
        }
        return new Traffic(System.currentTimeMillis(), totals, waitingSends, waitingEvents);
    }

    long total(String counted) {
        return totals.getOrDefault(counted, 0.0).longValue();
    }

    /** So many in a second since an earlier moment, to the hundredth. */
    double perSecond(String counted, Traffic earlier) {
        return Math.round((double) (total(counted) - earlier.total(counted)) * 100_000 / Math.max(1, at - earlier.at)) / 100.0;
    }

    /** The mean time, in milliseconds, of the calls since an earlier moment; null where there was none. */
    Long millis(String timed, Traffic earlier) {
        long calls = total(timed) - earlier.total(timed);
        return calls <= 0 ? null : Math.round((totals.get(timed + MILLIS) - earlier.totals.getOrDefault(timed + MILLIS, 0.0)) / calls);
    }

    /** What waits; null where that is not known. */
    static Long known(long waiting) {
        return waiting == OutboxCounts.UNKNOWN ? null : waiting;
    }
}
