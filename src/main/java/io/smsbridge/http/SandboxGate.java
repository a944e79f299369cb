package io.smsbridge.http;

import java.util.List;

import io.netty.util.NetUtil;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.AuthenticationHandler;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;

/**
 * Keeps the sandbox for this machine, as its simulated Infobip posts to whatever URL a request names. What a proxy passes on comes from
 * elsewhere, even where the proxy is on this machine.
 */
public final class SandboxGate implements AuthenticationHandler {

    private static final String DOOR = "sandbox";

    private final DoorRefusals refusals;
    private final ClientAddress clients;

    public SandboxGate(DoorRefusals refusals, ClientAddress clients) {
        this.clients = clients;
        this.refusals = refusals;
        refusals.expect(DOOR, "network");
    }

    /** The server must not have been started yet. */
    public void guard(VertxPlatformHttpServerConfiguration server) {
        List.of("/sandbox/*", "/s/*").forEach(path -> ServerGates.add(server, path, this));
    }

    @Override
    public void handle(RoutingContext call) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(clients.of(call));
        boolean here = address != null && NetUtil.createInetAddressFromIpAddressString(clients.of(call)).isLoopbackAddress();
        if (here && !call.request().headers().contains("X-Forwarded-For") && !call.request().headers().contains("Forwarded")) {
            call.next();
        } else {
            refusals.count(DOOR, "network");
            HttpErrors.answer(call, 403, "the sandbox is open to this machine only; sandbox.clients=any opens it");
        }
    }
}
