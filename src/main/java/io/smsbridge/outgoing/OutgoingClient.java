package io.smsbridge.outgoing;

import java.time.Clock;

import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;

/**
 * How one account or one downstream is called: an endpoint's {@code httpClientConfigurer}. All that is secret stays in here.
 *
 * @param headers of each request
 * @param signing secrets to sign with; empty for none
 * @param oauth   whose token each request carries; null for none
 * @param tls     null where Java's certificates do
 */
record OutgoingClient(SecretHeaders headers, String signing, OAuthToken.Client oauth, ClientTls tls) implements HttpClientConfigurer {

    @Override
    public void configureHttpClient(HttpClientBuilder client) {
        client.disableRedirectHandling();
        if (oauth != null) {
            // Built before anything is added: it shares the connections, and sends none of the downstream's headers.
            HttpClient tokens = client.build();
            client.addExecInterceptorFirst("oauth-token", new OAuthToken(oauth, tokens, Clock.systemUTC()));
        }
        if (!signing.isEmpty()) {
            client.addExecInterceptorFirst("webhook-signature", new WebhookSignature(signing, Clock.systemUTC()));
        }
        client.addRequestInterceptorFirst(headers);
    }

    /** Without what it holds. */
    @Override
    public String toString() {
        return "HTTP client";
    }
}
