package io.smsbridge.forward;

import java.util.Map;

import io.smsbridge.settings.EndpointUrl;
import io.smsbridge.text.Failure;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Category;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.service.ServiceHelper;

/**
 * Hands the body to the endpoint of another component. Of the message's headers only Content-Type and webhook-id go along, and the downstream's own, so
 * that nothing in a message chooses a topic, a queue or a file.
 */
@UriEndpoint(firstVersion = "1.0.0", scheme = "downstream", title = "Downstream", syntax = "downstream:name", producerOnly = true, category = Category.MESSAGING)
final class DownstreamEndpoint extends DefaultEndpoint {

    private final Endpoint target;
    private final EndpointUrl url;
    private final Map<String, String> headers;

    DownstreamEndpoint(String uri, Component component, Endpoint target, EndpointUrl url, Map<String, String> headers) {
        super(uri, component);
        this.target = target;
        this.url = url;
        this.headers = headers;
    }

    @Override
    public Producer createProducer() {
        return new Handing();
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("downstream: stands behind to:, not from:");
    }

    private final class Handing extends DefaultAsyncProducer {

        private AsyncProducer producer;

        Handing() {
            super(DownstreamEndpoint.this);
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            AsyncProducer to;
            try {
                to = started();
            } catch (Exception e) {
                exchange.setException(failed(e));
                callback.done(true);
                return true;
            }
            exchange.getMessage().removeHeaders("*", Exchange.CONTENT_TYPE, "webhook-id");
            headers.forEach(exchange.getMessage()::setHeader);
            exchange.setProperty(Exchange.CHARSET_NAME, "UTF-8");
            // Whoever asked for an answer would wait for one: none is needed but that it was taken.
            exchange.setPattern(ExchangePattern.InOnly);
            return to.process(exchange, synchronous -> {
                if (exchange.getException() != null) {
                    exchange.setException(failed(exchange.getException()));
                }
                callback.done(synchronous);
            });
        }

        /** With the first batch: some components connect as they start, and a downstream that is away keeps nobody from starting. */
        private synchronized AsyncProducer started() throws Exception {
            if (producer == null) {
                Thread thread = Thread.currentThread();
                ClassLoader before = thread.getContextClassLoader();
                thread.setContextClassLoader(getCamelContext().getApplicationContextClassLoader());
                AsyncProducer next = null;
                try {
                    ServiceHelper.startService(target);
                    next = target.createAsyncProducer();
                    ServiceHelper.startService(next);
                    producer = next;
                } catch (Exception e) {
                    ServiceHelper.stopAndShutdownServices(next, target);
                    throw e;
                } finally {
                    thread.setContextClassLoader(before);
                }
            }
            return producer;
        }

        private HandOverFailed failed(Throwable error) {
            return new HandOverFailed(new Failure(error.getClass().getSimpleName(), url.masked(error.getClass().getSimpleName() + ": " + error.getMessage())),
                    error.getClass().getSimpleName().endsWith("TooLargeException"));
        }

        @Override
        protected synchronized void doStop() throws Exception {
            super.doStop();
            ServiceHelper.stopAndShutdownServices(producer, target);
            producer = null;
        }
    }

    /** An endpoint did not take a batch. The message holds no secret of its URL. */
    static final class HandOverFailed extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Failure failure;
        private final boolean tooLarge;

        HandOverFailed(Failure failure, boolean tooLarge) {
            super(failure.whole());
            this.failure = failure;
            this.tooLarge = tooLarge;
        }

        Failure failure() {
            return failure;
        }

        /** Whether the batch is more than the endpoint takes at once. */
        boolean isTooLarge() {
            return tooLarge;
        }
    }
}
