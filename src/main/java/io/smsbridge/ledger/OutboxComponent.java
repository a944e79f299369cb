package io.smsbridge.ledger;

import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;

import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/** {@code outbox:queue?target=name}: takes what waits in the ledger's outbox for one account or downstream, in batches. */
public final class OutboxComponent extends DefaultComponent {

    private final Outbox outbox;
    private ExecutorService calls;
    private ScheduledExecutorService timer;

    OutboxComponent(Outbox outbox) {
        this.outbox = outbox;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        OutboxEndpoint endpoint = new OutboxEndpoint(uri, this, remaining, new OutboxConsumer.Means(outbox, () -> calls, () -> timer));
        setProperties(endpoint, parameters);
        return endpoint;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        calls = getCamelContext().getExecutorServiceManager().newCachedThreadPool(this, "outbox");
        timer = getCamelContext().getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "outbox-timer");
    }

    @Override
    protected void doShutdown() throws Exception {
        getCamelContext().getExecutorServiceManager().shutdown(timer);
        getCamelContext().getExecutorServiceManager().shutdown(calls);
        super.doShutdown();
    }
}
