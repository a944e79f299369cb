package io.smsbridge.outgoing;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.function.UnaryOperator;

import io.smsbridge.settings.HeaderLines;
import io.smsbridge.settings.WebUrl;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpRequestInterceptor;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * Puts an account's API key, or a downstream's credentials, headers, path and query, on each request inside the HTTP client: the secret
 * is then in no exchange, route, endpoint URI or log, and the URL is called byte for byte as the settings have it, whatever a message says.
 */
final class SecretHeaders implements HttpRequestInterceptor {

    private final Map<String, String> headers;
    private final WebUrl url;

    /** @param url what is called; null where the route says the path */
    private SecretHeaders(Map<String, String> headers, WebUrl url) {
        this.headers = headers;
        this.url = url;
    }

    /** @param setting gives a setting of the account or downstream; empty where it has none */
    static SecretHeaders of(UnaryOperator<String> setting) {
        Map<String, String> headers = HeaderLines.parse(setting.apply("headers"));
        if (!setting.apply("apiKey").isEmpty()) {
            headers.put("Authorization", "App " + setting.apply("apiKey"));
        } else if (!setting.apply("bearerToken").isEmpty()) {
            headers.put("Authorization", "Bearer " + setting.apply("bearerToken"));
        } else if (!setting.apply("basicUsername").isEmpty()) {
            String pair = setting.apply("basicUsername") + ":" + setting.apply("basicPassword");
            headers.put("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
        }
        return new SecretHeaders(headers, !setting.apply("url").isEmpty() ? WebUrl.of(setting.apply("url")) : null);
    }

    @Override
    public void process(HttpRequest request, EntityDetails entity, HttpContext context) {
        headers.forEach(request::setHeader);
        if (url != null) {
            // A proxy is asked for the whole URL.
            request.setPath(request.getPath().startsWith("/") ? url.target() : url.server() + url.target());
        }
    }
}
