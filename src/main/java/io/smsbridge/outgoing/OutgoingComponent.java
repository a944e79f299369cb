package io.smsbridge.outgoing;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Map;

import io.smsbridge.tls.OwnCertificate;
import org.apache.camel.Endpoint;
import org.apache.camel.component.http.CompositeHttpConfigurer;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.support.EndpointHelper;
import org.apache.camel.support.PropertyBindingSupport;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.socket.ConnectionSocketFactory;
import org.apache.hc.core5.http.config.Registry;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;

/**
 * camel-http whose connections go through the {@link AddressGuard}, and with the TLS of the {@link OutgoingClient} that an endpoint names.
 * It serves http and https alike: Camel makes one component for each, and {@code camel.component.http.*} would configure the first alone.
 */
final class OutgoingComponent extends HttpComponent {

    private static final String TLS = "outgoing.tls";

    private final AddressGuard guard;

    OutgoingComponent(AddressGuard guard) {
        this.guard = guard;
    }

    /** TLS given to the component as a whole would be spoken over plain http, too. */
    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        SSLContextParameters trust = getCamelContext().getRegistry().lookupByNameAndType(OwnCertificate.TRUST, SSLContextParameters.class);
        if (trust != null && uri.startsWith("https")) {
            parameters.put("sslContextParameters", trust);
        }
        return super.createEndpoint(uri, remaining, parameters);
    }

    @Override
    protected HttpClientConfigurer createHttpClientConfigurer(Map<String, Object> parameters, boolean secure) throws Exception {
        Object given = parameters.get("httpClientConfigurer");
        if (given instanceof String name && EndpointHelper.isReferenceParameter(name)
                && EndpointHelper.resolveReferenceParameter(getCamelContext(), name, HttpClientConfigurer.class) instanceof OutgoingClient client
                && client.tls() != null) {
            parameters.put(TLS, client.tls());
        }
        HttpClientConfigurer configured = super.createHttpClientConfigurer(parameters, secure);
        // Both Camel and the client would unpack an answer.
        return CompositeHttpConfigurer.combineConfigurers(configured, HttpClientBuilder::disableContentCompression);
    }

    @Override
    protected HttpClientConnectionManager createConnectionManager(Map<String, Object> parameters, SSLContextParameters ssl,
            Map<String, Object> httpConnectionOptions) throws GeneralSecurityException, IOException {
        ClientTls tls = (ClientTls) parameters.remove(TLS);
        if (tls == null) {
            return super.createConnectionManager(parameters, ssl, httpConnectionOptions);
        }
        SocketConfig.Builder sockets = SocketConfig.custom();
        PropertyBindingSupport.bindProperties(getCamelContext(), sockets, httpConnectionOptions);
        return PoolingHttpClientConnectionManagerBuilder.create().setTlsSocketStrategy(tls).setDnsResolver(guard)
                .setDefaultSocketConfig(sockets.build())
                .setDefaultConnectionConfig(ConnectionConfig.custom().setTimeToLive(TimeValue.ofMilliseconds(getConnectionTimeToLive())).build())
                .setMaxConnTotal(getMaxTotalConnections()).setMaxConnPerRoute(getConnectionsPerRoute()).build();
    }

    // The constructor that Camel calls, with a resolver; the builder does not take what Camel makes of its TLS options.
    @SuppressWarnings("deprecation")
    @Override
    protected HttpClientConnectionManager createConnectionManager(Registry<ConnectionSocketFactory> registry, int maxTotalConnections, int connectionsPerRoute,
            SocketConfig defaultSocketConfig) {
        PoolingHttpClientConnectionManager connections = new PoolingHttpClientConnectionManager(registry, PoolConcurrencyPolicy.STRICT,
                PoolReusePolicy.LIFO, TimeValue.ofMilliseconds(getConnectionTimeToLive()), null, guard, null);
        connections.setMaxTotal(maxTotalConnections > 0 ? maxTotalConnections : getMaxTotalConnections());
        connections.setDefaultMaxPerRoute(connectionsPerRoute > 0 ? connectionsPerRoute : getConnectionsPerRoute());
        connections.setDefaultSocketConfig(defaultSocketConfig);
        return connections;
    }
}
