package io.smsbridge.ledger;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import org.apache.camel.Exchange;
import org.slf4j.MDC;

/**
 * The id of a request: exchange variable {@code requestId}. It stays with what the request brought until the downstreams have been told,
 * and lines of the log about it end with it. Where traces are recorded it is the request's W3C traceparent.
 */
public final class RequestId {

    public static final String NAME = "requestId";
    public static final String TRACEPARENT = "traceparent";
    private static final String VERSION = "00-";

    private RequestId() {
    }

    /** Ends what {@link #logged} began. */
    @FunctionalInterface
    public interface Logged extends AutoCloseable {
        @Override
        void close();
    }

    /** Gives the exchange of a new request its id. */
    public static String begin(Exchange exchange) {
        SpanContext span = Span.current().getSpanContext();
        String id = span.isValid() ? VERSION + span.getTraceId() + "-" + span.getSpanId() + "-" + span.getTraceFlags().asHex() : exchange.getExchangeId();
        exchange.setVariable(NAME, id);
        return id;
    }

    public static String of(Exchange exchange) {
        return exchange.getVariable(NAME, String.class);
    }

    /** The id, where it is a traceparent; else null. */
    public static String traceparent(Exchange exchange) {
        String id = of(exchange);
        return id != null && id.startsWith(VERSION) ? id : null;
    }

    /** The lines that this thread logs from now on end with the id; null for none. */
    public static Logged logged(String id) {
        if (id == null) {
            return () -> { };
        }
        MDC.put(NAME, id);
        return () -> MDC.remove(NAME);
    }
}
