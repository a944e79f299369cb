package io.smsbridge;

import java.net.URI;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.smsbridge.Settings.Block;
import io.smsbridge.Settings.Kind;
import io.smsbridge.ledger.OutboxCounts;
import org.apache.camel.CamelContext;

/** The MBeans of accounts and downstreams, and what they share. */
final class Managed {

    private Managed() {
    }

    static void register(CamelContext context, Settings settings, Core core) {
        for (Block account : settings.blocks(Kind.ACCOUNT)) {
            DescribedMBean.register(context, "type=accounts,name=" + account.name(),
                    new AccountManaged(context, account, core), AccountMXBean.class);
        }
        if (core.circuits.all().stream().noneMatch(circuit -> settings.blocks(Kind.DOWNSTREAM).stream().anyMatch(block -> block.name().equals(circuit.name())))) {
            return;
        }
        for (Block downstream : settings.blocks(Kind.DOWNSTREAM)) {
            DescribedMBean.register(context, "type=downstreams,name=" + downstream.name(),
                    new DownstreamManaged(context, core.circuits.of(downstream.name()), downstream.get("url")), DownstreamMXBean.class);
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
        return millis == OutboxCounts.UNKNOWN ? millis : millis / 1000;
    }

    /** Scheme, host, port and path: user and query can hold a secret. */
    static String url(String text) {
        URI url = URI.create(text);
        return url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort()) + (url.getRawPath() == null ? "" : url.getRawPath());
    }
}
