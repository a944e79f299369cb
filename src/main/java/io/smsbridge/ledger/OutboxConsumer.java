package io.smsbridge.ledger;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;

import io.smsbridge.text.Failure;
import io.smsbridge.text.LoggedError;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ShutdownRunningTask;
import org.apache.camel.Suspendable;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.support.DefaultConsumer;

/** Begins an exchange for each batch. The route records what became of it; what it leaves open after an error becomes a dead letter. */
public final class OutboxConsumer extends DefaultConsumer implements ShutdownAware, Suspendable {

    /** What all consumers share; the threads are there once the component is started. */
    record Means(Outbox outbox, Supplier<ExecutorService> calls, Supplier<ScheduledExecutorService> timer) {
    }

    private final Means means;
    private final OutboxCalls.Terms terms;
    private final OutboxQueue queue;

    OutboxConsumer(Endpoint endpoint, Processor processor, String queue, String target, OutboxCalls.Terms terms, Means means) {
        super(endpoint, processor);
        this.means = means;
        this.terms = terms;
        this.queue = means.outbox().queue(queue, target);
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        queue.start(terms, means.calls().get(), means.timer().get(), this::process);
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

    /** Its stop has ended it already. Where a stop was forced, Camel calls this late, when the route may have been started again. */
    @Override
    public void prepareShutdown(boolean suspendOnly, boolean forced) {
        // Nothing is left to do.
    }

    private void process(OutboxBatch batch) {
        Exchange exchange = createExchange(false);
        exchange.setProperty(OutboxBatch.PROPERTY, batch);
        exchange.getMessage().setBody(batch);
        exchange.setVariable(RequestId.NAME, batch.requestId());
        try (RequestId.Logged lines = RequestId.logged(batch.requestId())) {
            process(exchange, batch);
        }
    }

    private void process(Exchange exchange, OutboxBatch batch) {
        try {
            getProcessor().process(exchange);
        } catch (Exception e) {
            exchange.setException(e);
        }
        try {
            if (!batch.isSettled()) {
                settle(batch, exchange.getMessage().getBody(), exchange.getException());
            } else if (exchange.getException() != null) {
                getExceptionHandler().handleException("what followed on a call that was recorded failed", exchange, LoggedError.of(exchange.getException()));
            }
        } finally {
            releaseExchange(exchange, false);
        }
    }

    private void settle(OutboxBatch batch, Object body, Exception problem) {
        Outbox outbox = means.outbox();
        if (problem instanceof RejectedExecutionException || problem != null && !isRunAllowed()) {
            outbox.putBack(batch);
            return;
        }
        // The body is still the batch: nothing has been sent. One item that a map can't make anything of spoils none of its neighbours.
        if (problem != null && body instanceof OutboxBatch && batch.items().size() > 1) {
            outbox.settle(batch, transaction -> outbox.part(transaction, batch));
            return;
        }
        String ended = "the route ended without recording what became of it";
        Failure reason = problem == null ? new Failure(ended, ended) : Failure.of(problem).after("the route failed: ");
        getExceptionHandler().handleException("a batch becomes a dead letter", LoggedError.of(problem == null ? new IllegalStateException(ended) : problem));
        outbox.settle(batch, transaction -> outbox.giveUp(transaction, batch, batch.items(), reason, null));
    }
}
