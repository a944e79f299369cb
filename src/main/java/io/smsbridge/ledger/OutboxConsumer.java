package io.smsbridge.ledger;

import java.util.concurrent.RejectedExecutionException;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.ShutdownRunningTask;
import org.apache.camel.support.DefaultConsumer;

/** Begins an exchange for each batch. The route records what became of it; what it leaves open after an error becomes a dead letter. */
public final class OutboxConsumer extends DefaultConsumer implements ShutdownAware {

    private final OutboxEndpoint endpoint;
    private final OutboxQueue queue;

    OutboxConsumer(OutboxEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.queue = endpoint.component().outbox().queue(endpoint.getQueue(), endpoint.getTarget());
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        queue.start(endpoint.terms(), endpoint.component().calls(), endpoint.component().timer(), this::process);
    }

    @Override
    protected void doStop() throws Exception {
        queue.stop();
        super.doStop();
    }

    @Override
    protected void doSuspend() throws Exception {
        queue.stop();
    }

    @Override
    protected void doResume() throws Exception {
        doStart();
    }

    /** Takes nothing more as soon as a stop begins; what is under way is waited for by Camel. */
    @Override
    public boolean deferShutdown(ShutdownRunningTask task) {
        return false;
    }

    @Override
    public int getPendingExchangesSize() {
        return queue.running();
    }

    @Override
    public void prepareShutdown(boolean suspendOnly, boolean forced) {
        queue.stop();
    }

    private void process(OutboxBatch batch) {
        Exchange exchange = createExchange(false);
        exchange.setProperty(OutboxBatch.PROPERTY, batch);
        exchange.getMessage().setBody(batch);
        try {
            getProcessor().process(exchange);
        } catch (Exception e) {
            exchange.setException(e);
        }
        try {
            if (!batch.isSettled()) {
                settle(batch, exchange.getMessage().getBody(), exchange.getException());
            } else if (exchange.getException() != null) {
                getExceptionHandler().handleException("what followed on a call that was recorded failed", exchange, exchange.getException());
            }
        } finally {
            releaseExchange(exchange, false);
        }
    }

    private void settle(OutboxBatch batch, Object body, Exception problem) {
        Outbox outbox = endpoint.component().outbox();
        if (problem instanceof RejectedExecutionException || problem != null && !isRunAllowed()) {
            outbox.putBack(batch);
            return;
        }
        // The body is still the batch: nothing has been sent. One item that a map can't make anything of spoils none of its neighbours.
        if (problem != null && body instanceof OutboxBatch && batch.items().size() > 1) {
            outbox.settle(batch, transaction -> outbox.part(transaction, batch));
            return;
        }
        String reason = problem == null ? "the route ended without recording what became of it"
                : "the route failed: " + problem.getClass().getSimpleName() + ": " + problem.getMessage();
        getExceptionHandler().handleException("a batch becomes a dead letter", problem == null ? new IllegalStateException(reason) : problem);
        outbox.settle(batch, transaction -> outbox.giveUp(transaction, batch, batch.items(), reason, null));
    }
}
