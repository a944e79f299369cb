package io.smsbridge.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

import io.smsbridge.text.LoggedError;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpConsumer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.support.service.ServiceSupport;

/**
 * An engine of platform-http that holds no thread while a route waits for its commit, and gives the request as one {@link HttpCall}
 * instead of copying each of its headers. A route chooses it by {@code platformHttpEngine: "#bean:httpCalls"}.
 * <p>
 * Camel's own engine calls the route's synchronous {@code process()} within {@code executeBlocking}, so that a step which goes on
 * asynchronously keeps a worker waiting all the same; it could be left out if VertxPlatformHttpConsumer called its asynchronous processor
 * and wrote the response from the callback. Routes still begin on a worker, not on the event loop: that is as fast, and a step that blocks
 * holds up nobody else.
 */
public final class HttpCallEngine extends ServiceSupport implements PlatformHttpEngine {

    /** The one header that Camel itself asks for: a caller's trace goes on. */
    private static final String TRACEPARENT = "traceparent";

    /** Exchange property: milliseconds for which the answer is held back, without a thread. */
    static final String HOLD = "answerHeldBack";
    /** More are not held back at one time. */
    private static final int MOST_HELD = 1_000;

    private final IntSupplier port;
    private final ClientAddress clients;
    private final AtomicInteger held = new AtomicInteger();

    /** @param port of the server that the routes are served on */
    public HttpCallEngine(IntSupplier port, ClientAddress clients) {
        this.port = port;
        this.clients = clients;
    }

    @Override
    public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
        return new CallConsumer(endpoint, processor, VertxPlatformHttpRouter.getRouterNameFromPort(getServerPort()), clients, held);
    }

    @Override
    public int getServerPort() {
        return port.getAsInt();
    }

    private static final class CallConsumer extends VertxPlatformHttpConsumer {

        private final ClientAddress clients;
        private final AtomicInteger held;

        CallConsumer(PlatformHttpEndpoint endpoint, Processor processor, String router, ClientAddress clients, AtomicInteger held) {
            super(endpoint, processor, List.of(), router);
            this.clients = clients;
            this.held = held;
        }

        @Override
        protected void handleRequest(RoutingContext call) {
            if (isSuspended()) {
                call.fail(503);
                return;
            }
            Exchange exchange = createExchange(false);
            exchange.setPattern(ExchangePattern.InOut);
            Buffer body = call.body().buffer();
            exchange.getMessage().setBody(new HttpCall(call.request().method().name(), call.normalizedPath(), call.request().query(),
                    call.request().headers(), form(call.request().formAttributes()), body == null ? new byte[0] : body.getBytes(),
                    clients.of(call), call.request().connection()));
            String trace = call.request().getHeader(TRACEPARENT);
            if (trace != null) {
                exchange.getMessage().setHeader(TRACEPARENT, trace);
            }
            Context context = call.vertx().getOrCreateContext();
            context.executeBlocking(() -> {
                process(exchange, call, context);
                return null;
            }, false);
        }

        private static Map<String, List<String>> form(MultiMap attributes) {
            if (attributes.isEmpty()) {
                return Map.of();
            }
            Map<String, List<String>> form = new LinkedHashMap<>();
            attributes.names().forEach(name -> form.put(name, attributes.getAll(name)));
            return form;
        }

        private void process(Exchange exchange, RoutingContext call, Context context) {
            try {
                createUoW(exchange);
                getAsyncProcessor().process(exchange, doneSync -> context.runOnContext(now -> answer(exchange, call)));
            } catch (Exception e) {
                exchange.setException(e);
                context.runOnContext(now -> answer(exchange, call));
            }
        }

        private void answer(Exchange exchange, RoutingContext call) {
            try {
                Long hold = exchange.getProperty(HOLD, Long.class);
                if (hold != null && exchange.getException() == null && held.get() < MOST_HELD) {
                    hold(hold, exchange.getMessage().copy(), call);
                } else if (!call.response().ended() && !call.response().closed()) {
                    write(exchange, call);
                }
            } finally {
                doneUoW(exchange);
                releaseExchange(exchange, false);
            }
        }

        /** What was asked is forgotten at once: it may be large. */
        private void hold(long millis, Message answer, RoutingContext call) {
            held.incrementAndGet();
            ((RoutingContextInternal) call).setBody(Buffer.buffer());
            call.vertx().setTimer(millis, now -> {
                held.decrementAndGet();
                if (!call.response().ended() && !call.response().closed()) {
                    write(answer, call);
                }
            });
        }

        private void write(Exchange exchange, RoutingContext call) {
            if (exchange.getException() != null) {
                getExceptionHandler().handleException("a request failed", exchange, LoggedError.of(exchange.getException()));
                HttpErrors.answer(call, 500, "the bridge could not handle the request; its log says why");
                return;
            }
            write(exchange.getMessage(), call);
        }

        private static void write(Message message, RoutingContext call) {
            HttpServerResponse response = call.response();
            for (Map.Entry<String, Object> header : message.getHeaders().entrySet()) {
                if (header.getKey().equals(Exchange.HTTP_RESPONSE_CODE)) {
                    response.setStatusCode(message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class));
                } else if (!header.getKey().startsWith("Camel")) {
                    response.putHeader(header.getKey(), String.valueOf(header.getValue()));
                }
            }
            Object body = message.getBody();
            if (body == null) {
                response.end();
            } else if (body instanceof byte[] bytes) {
                response.end(Buffer.buffer(bytes));
            } else {
                response.end(String.valueOf(body));
            }
        }
    }
}
