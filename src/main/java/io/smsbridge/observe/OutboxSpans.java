package io.smsbridge.observe;

import java.util.Iterator;
import java.util.Map;
import java.util.Set;

import io.smsbridge.ledger.OutboxEndpoint;
import io.smsbridge.ledger.RequestId;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.telemetry.SpanContextPropagationExtractor;
import org.apache.camel.telemetry.decorators.AbstractSpanDecorator;

/** Of a trace: what is taken from the outbox goes on with the trace of the request that brought it, under the queue's name. */
public final class OutboxSpans extends AbstractSpanDecorator {

    @Override
    public String getComponent() {
        return "outbox";
    }

    @Override
    public String getComponentClassName() {
        return "io.smsbridge.ledger.OutboxComponent";
    }

    @Override
    public String getOperationName(Exchange exchange, Endpoint endpoint) {
        return endpoint instanceof OutboxEndpoint outbox ? outbox.getQueue() + "." + outbox.getTarget() : super.getOperationName(exchange, endpoint);
    }

    @Override
    public SpanContextPropagationExtractor getExtractor(Exchange exchange) {
        String trace = RequestId.traceparent(exchange);
        return new SpanContextPropagationExtractor() {
            @Override
            public Object get(String key) {
                return key.equalsIgnoreCase(RequestId.TRACEPARENT) ? trace : null;
            }

            @Override
            public Set<String> keys() {
                return trace == null ? Set.of() : Set.of(RequestId.TRACEPARENT);
            }

            @Override
            public Iterator<Map.Entry<String, Object>> iterator() {
                return (trace == null ? Map.<String, Object>of() : Map.<String, Object>of(RequestId.TRACEPARENT, trace)).entrySet().iterator();
            }
        };
    }
}
