package io.smsbridge.http;

import io.vertx.ext.auth.authentication.AuthenticationProvider;
import io.vertx.ext.web.handler.AuthenticationHandler;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.component.platform.http.vertx.auth.AuthenticationConfig;

/** Puts a handler before all that a server serves. Part of the server's own configuration, as nothing else stands there before the port is open. */
final class ServerGates {

    private ServerGates() {
    }

    /** The server must not have been started yet. */
    static void add(VertxPlatformHttpServerConfiguration server, String path, AuthenticationHandler handler) {
        AuthenticationConfig.AuthenticationConfigEntry entry = new AuthenticationConfig.AuthenticationConfigEntry();
        entry.setPath(path);
        entry.setAuthenticationProviderFactory(vertx -> null);
        entry.setAuthenticationHandlerFactory(new AuthenticationConfig.AuthenticationHandlerFactory() {
            @Override
            public <T extends AuthenticationProvider> AuthenticationHandler createAuthenticationHandler(T provider) {
                return handler;
            }
        });
        server.getAuthenticationConfig().getEntries().add(entry);
        server.getAuthenticationConfig().setEnabled(true);
    }
}
