package io.smsbridge;

import java.time.Instant;

import io.smsbridge.forward.DownstreamCircuit;
import io.smsbridge.ledger.OutboxCounts;
import org.apache.camel.CamelContext;

/** The MBean of one downstream. */
final class DownstreamManaged implements DownstreamMXBean {

    private final CamelContext context;
    private final DownstreamCircuit downstream;
    private final String url;

    DownstreamManaged(CamelContext context, DownstreamCircuit downstream, String url) {
        this.context = context;
        this.downstream = downstream;
        this.url = url;
    }

    @Override
    public String getUrl() {
        return Managed.url(url);
    }

    @Override
    public String getState() {
        return downstream.state().name();
    }

    @Override
    public String getFailingSince() {
        return local(downstream.failingSince());
    }

    @Override
    public String getNextProbe() {
        return local(downstream.nextProbe());
    }

    @Override
    public long getWaiting() {
        return Managed.bean(context, "outboxCounts", OutboxCounts.class).waiting("events." + downstream.name());
    }

    @Override
    public long getOldestWaitingSeconds() {
        return Managed.seconds(Managed.bean(context, "outboxCounts", OutboxCounts.class).oldestAge("events." + downstream.name()));
    }

    @Override
    public long getForwarded() {
        return Managed.total(context, "events.forwarded", "downstream", downstream.name());
    }

    @Override
    public String getLastError() {
        return downstream.lastError() == null ? null : local(downstream.lastErrorAt()) + " " + downstream.lastError();
    }

    @Override
    public void pause() {
        downstream.pause();
    }

    @Override
    public void resume() {
        downstream.resume();
    }

    @Override
    public void probeNow() {
        downstream.probeNow();
    }

    private static String local(Instant time) {
        return time == null ? null : Retries.local(time);
    }
}
