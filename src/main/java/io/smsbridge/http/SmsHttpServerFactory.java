package io.smsbridge.http;

import org.apache.camel.CamelContext;
import org.apache.camel.Service;
import org.apache.camel.component.platform.http.main.DefaultMainHttpServerFactory;
import org.apache.camel.component.platform.http.main.MainHttpServer;
import org.apache.camel.main.HttpServerConfigurationProperties;

/** Makes the server of http.port, which camel-main finds by this factory in the registry. The management server stays Camel's own. */
public final class SmsHttpServerFactory extends DefaultMainHttpServerFactory {

    @Override
    public Service newHttpServer(CamelContext context, HttpServerConfigurationProperties properties) {
        return new SmsHttpServer(((MainHttpServer) super.newHttpServer(context, properties)).getConfiguration());
    }
}
