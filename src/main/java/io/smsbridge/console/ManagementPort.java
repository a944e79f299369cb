package io.smsbridge.console;

import java.util.List;

import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpConsumer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Bean {@code managementPort}: serves a route on the management port, behind the console's login, where its endpoint says
 * <pre>
 * from:
 *   uri: platform-http:/my-path
 *   parameters:
 *     platformHttpEngine: "#bean:managementPort"
 * </pre>
 * With management.enabled=false such a route starts, and is never called.
 */
public final class ManagementPort extends ServiceSupport implements PlatformHttpEngine {

    private final int port;

    /** @param port 0 where there is none */
    public ManagementPort(int port) {
        this.port = port;
    }

    @Override
    public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
        return port == 0 ? new Nobody(endpoint, processor)
                : new VertxPlatformHttpConsumer(endpoint, processor, List.of(), VertxPlatformHttpRouter.getRouterNameFromPort(port));
    }

    @Override
    public int getServerPort() {
        return port;
    }

    private static final class Nobody extends DefaultConsumer implements PlatformHttpConsumer {

        Nobody(PlatformHttpEndpoint endpoint, Processor processor) {
            super(endpoint, processor);
        }

        @Override
        public PlatformHttpEndpoint getEndpoint() {
            return (PlatformHttpEndpoint) super.getEndpoint();
        }
    }
}
