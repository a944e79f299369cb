package io.smsbridge.bench;

import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;

/** A process of camel-main with Camel's own HTTP server and one route that does nothing: what the bridge's start and throughput are compared with. */
public final class EmptyRoute extends RouteBuilder {

    private EmptyRoute() {
    }

    public static void main(String[] args) throws Exception {
        Main main = new Main();
        main.setDefaultPropertyPlaceholderLocation("false");
        main.addInitialProperty("camel.server.enabled", "true");
        main.addInitialProperty("camel.server.host", "127.0.0.1");
        main.addInitialProperty("camel.server.port", args[0]);
        main.configure().addRoutesBuilder(new EmptyRoute());
        main.run();
    }

    @Override
    public void configure() {
        from("platform-http:/empty").removeHeaders("*").setBody(constant("empty"));
    }
}
