package io.smsbridge.http;

import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.AuthenticationHandler;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;

/**
 * Answers 503 while the bridge starts and while it stops. The server listens before the routes are there, and longer than they are,
 * and would answer 404, after which a caller may not come back. Part of the server's own configuration, as nothing else stands there
 * before the port is open.
 */
public final class ReadinessGate implements AuthenticationHandler {

    private final CamelContext context;

    public ReadinessGate(CamelContext context) {
        this.context = context;
    }

    /** The server must not have been started yet. */
    public void guard(VertxPlatformHttpServerConfiguration server) {
        ServerGates.add(server, "/*", this);
    }

    @Override
    public void handle(RoutingContext call) {
        String path = call.request().path();
        if (context.isStarted() && path.length() > 1 && path.endsWith("/")) {
            // Vert.x takes a slash at the end of some paths, and not of those with a name in them.
            call.reroute(call.request().method(), path.replaceFirst("(?<=.)/+$", "") + (call.request().query() == null ? "" : "?" + call.request().query()));
        } else if (context.isStarted()) {
            call.next();
        } else {
            call.response().setStatusCode(503).putHeader("Retry-After", "5").putHeader("Content-Type", "application/json")
                    .end("{\"status\":\"error\",\"error\":\"the bridge is starting or stopping; nothing of the request was accepted. Send it again later\"}");
        }
    }
}
