package io.smsbridge.http;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds what one who holds connections open can take: how many there are, how long a request may take to come, and how long a connection
 * may stay without one. What the bridge itself takes to answer is no caller's fault, and not limited here. All of it runs on the server's
 * one event loop.
 */
final class ConnectionGuard {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.http");
    private static final long LOOK_EVERY = 500;
    private static final long SAID_EVERY = TimeUnit.MINUTES.toNanos(1);

    /**
     * @param requestTimeout    milliseconds for a request to come whole, and for the first one's head
     * @param idleTimeout       milliseconds for which a connection may stay open without another whole head
     * @param connections       most connections open at one time
     * @param connectionsOfOne  most of one address; those of this machine, where a proxy can stand, are not counted
     * @param refused           is told why a connection was closed: limit, source-limit, slow or idle
     */
    record Limits(long requestTimeout, long idleTimeout, int connections, int connectionsOfOne, Consumer<String> refused) {
    }

    private static final class State {
        /** By System.nanoTime; what has to come, comes before. */
        private long deadline;
        private RoutingContext call;
        private boolean first = true;
    }

    private final Limits limits;
    private final Map<HttpConnection, State> open = new HashMap<>();
    private final Map<String, Integer> bySource = new HashMap<>();
    private long saidAt = System.nanoTime() - SAID_EVERY;
    private long timer = -1;

    ConnectionGuard(Limits limits) {
        this.limits = limits;
    }

    void start(Vertx vertx) {
        timer = vertx.setPeriodic(LOOK_EVERY, now -> look());
    }

    void stop(Vertx vertx) {
        vertx.cancelTimer(timer);
    }

    /** A connection was opened. */
    void opened(HttpConnection connection) {
        String source = connection.remoteAddress() == null ? "" : String.valueOf(connection.remoteAddress().hostAddress());
        boolean counted = !source.startsWith("127.") && !source.equals("0:0:0:0:0:0:0:1") && !source.equals("::1");
        int ofSource = bySource.getOrDefault(source, 0);
        if (open.size() >= limits.connections() || counted && ofSource >= limits.connectionsOfOne()) {
            boolean all = open.size() >= limits.connections();
            limits.refused().accept(all ? "limit" : "source-limit");
            say("connections are refused: {} are open, {} of them from {} (http.maxConnections, http.maxConnectionsPerSource)", open.size(), ofSource, source);
            connection.close();
            return;
        }
        State state = new State();
        state.deadline = after(limits.requestTimeout());
        open.put(connection, state);
        bySource.merge(source, 1, Integer::sum);
        connection.closeHandler(closed -> {
            open.remove(connection);
            bySource.computeIfPresent(source, (one, count) -> count == 1 ? null : count - 1);
        });
    }

    /** A request's head has come; the first handler of all. */
    void handle(RoutingContext call) {
        State state = open.get(call.request().connection());
        if (state == null) {
            // Refused, and being closed.
            return;
        }
        state.call = call;
        state.first = false;
        state.deadline = after(limits.requestTimeout());
        call.addEndHandler(ended -> {
            state.call = null;
            state.deadline = after(limits.idleTimeout());
        });
        call.next();
    }

    private void look() {
        long now = System.nanoTime();
        for (Map.Entry<HttpConnection, State> one : Map.copyOf(open).entrySet()) {
            State state = one.getValue();
            if (state.deadline - now > 0) {
                continue;
            }
            if (state.call == null) {
                limits.refused().accept(state.first ? "slow" : "idle");
                one.getKey().close();
            } else if (hasBody(state.call.request()) && !state.call.request().isEnded()) {
                limits.refused().accept("slow");
                say("a request from {} took longer than http.requestTimeout to come", one.getKey().remoteAddress());
                cutOff(one.getKey(), state.call);
            }
        }
    }

    private static void cutOff(HttpConnection connection, RoutingContext call) {
        if (call.response().headWritten()) {
            connection.close();
        } else {
            call.response().putHeader("Connection", "close");
            call.addEndHandler(ended -> connection.close());
            call.fail(408);
        }
    }

    private static boolean hasBody(HttpServerRequest request) {
        return request.headers().contains(HttpHeaders.CONTENT_LENGTH) || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
    }

    private void say(String text, Object... arguments) {
        if (System.nanoTime() - saidAt >= SAID_EVERY) {
            saidAt = System.nanoTime();
            LOG.warn(text, arguments);
        }
    }

    private static long after(long millis) {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
