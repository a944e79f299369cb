package io.smsbridge.console;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.smsbridge.ledger.OutboxCounts;
import org.apache.camel.CamelContext;

/** Numbers as the console shows them. */
final class Counts {

    private Counts() {
    }

    /** The counter as the metrics have it, over all its other labels. */
    static long total(CamelContext context, String name, String label, String value) {
        MeterRegistry metrics = context.getRegistry().findSingleByType(MeterRegistry.class);
        return (long) metrics.find("smsbridge." + name).tag(label, value).counters().stream().mapToDouble(Counter::count).sum();
    }

    static long seconds(long millis) {
        return millis == OutboxCounts.UNKNOWN ? millis : millis / 1000;
    }
}
