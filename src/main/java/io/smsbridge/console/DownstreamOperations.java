package io.smsbridge.console;

import java.time.Instant;

import io.smsbridge.forward.DownstreamCircuit;
import io.smsbridge.ledger.OutboxCounts;
import io.smsbridge.observe.AnnotatedMBean.Description;
import io.smsbridge.settings.EndpointUrl;
import io.smsbridge.settings.WebUrl;
import io.smsbridge.text.Times;
import org.apache.camel.CamelContext;

/** The MBean of one downstream. */
@Description("One downstream. Counts begin with the start of this process.")
final class DownstreamOperations implements Pausable {

    private final CamelContext context;
    private final DownstreamCircuit downstream;
    private final OutboxCounts counts;
    private final String url;

    DownstreamOperations(CamelContext context, DownstreamCircuit downstream, OutboxCounts counts, String url) {
        this.context = context;
        this.downstream = downstream;
        this.counts = counts;
        this.url = url;
    }

    @Description("Where events go, without user, query and options.")
    public String getUrl() {
        EndpointUrl endpoint = EndpointUrl.of(url);
        return endpoint != null ? endpoint.withoutOptions() : WebUrl.of(url).withoutQuery();
    }

    @Description("UP, FAILING (the last call failed), DOWN (only probed), HELD (asked to be left alone), or PAUSED by an operator.")
    @Override
    public String getState() {
        return downstream.state().name();
    }

    @Description("When the first of the failures in a row was.")
    public String getFailingSince() {
        return local(downstream.failingSince());
    }

    @Description("When one message is let through to see whether it is up again.")
    public String getNextProbe() {
        return local(downstream.nextProbe());
    }

    @Description("Events that wait, are retried or in work; -1: the ledger can't be asked.")
    public long getWaiting() {
        return counts.waiting("events." + downstream.name());
    }

    @Description("How long ago the oldest of them came, in seconds; -1: the ledger can't be asked.")
    public long getOldestWaitingSeconds() {
        return Counts.seconds(counts.oldestAge("events." + downstream.name()));
    }

    @Description("Events that were taken.")
    public long getForwarded() {
        return Counts.total(context, "events.forwarded", "downstream", downstream.name());
    }

    @Description("When the last call that failed did so, and what was answered.")
    public String getLastError() {
        return downstream.lastError() == null ? null : local(downstream.lastErrorAt()) + " " + downstream.lastError();
    }

    @Description("Posts nothing more; what comes waits in the queue, until resume, or a restart.")
    @Override
    public void pause() {
        downstream.pause();
    }

    @Description("Ends a pause.")
    @Override
    public void resume() {
        downstream.resume();
    }

    @Description("Does not wait for the next probe's time, where the downstream is down or held.")
    @Override
    public void probeNow() {
        downstream.probeNow();
    }

    private static String local(Instant time) {
        return time == null ? null : Times.toTheSecond(time);
    }
}
