package io.smsbridge;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.smsbridge.Settings.Block;
import io.smsbridge.Settings.Kind;
import org.apache.camel.CamelContext;

/** The MBeans of accounts and downstreams, and what they share. */
final class Managed {

    private Managed() {
    }

    static void register(CamelContext context, Settings settings, DownstreamStates states) {
        for (Block account : settings.blocks(Kind.ACCOUNT)) {
            DescribedMBean.register(context, "type=accounts,name=" + account.name(),
                    new AccountManaged(context, account, settings.get("sms.apiKey")), AccountMXBean.class);
        }
        for (Block downstream : settings.blocks(Kind.DOWNSTREAM)) {
            DescribedMBean.register(context, "type=downstreams,name=" + downstream.name(),
                    new DownstreamManaged(context, states.of(downstream.name()), downstream.get("url")), DownstreamMXBean.class);
        }
    }

    static <T> T bean(CamelContext context, String name, Class<T> type) {
        return context.getRegistry().lookupByNameAndType(name, type);
    }

    /** The counter as the metrics have it, over all its other labels. */
    static long total(CamelContext context, String name, String label, String value) {
        MeterRegistry metrics = context.getRegistry().findSingleByType(MeterRegistry.class);
        return (long) metrics.find("smsbridge." + name).tag(label, value).counters().stream().mapToDouble(Counter::count).sum();
    }

    static long seconds(long millis) {
        return millis == Queues.UNKNOWN ? millis : millis / 1000;
    }
}
