package io.smsbridge.outgoing;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;

/**
 * OAuth 2.0 client credentials: each request carries a token, which is fetched once for all, renewed before it expires, and fetched anew
 * when the downstream refuses it.
 * <p>
 * camel-http has options for this, oauth2ClientId and so on. They are not used, as they keep a token that the downstream refuses until it
 * expires, send what has to be encoded as it is, and have the client's secret stand in the endpoint.
 */
final class OAuthToken implements ExecChainHandler {

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Where the answer names no end. */
    private static final long DEFAULT_SECONDS = 300;
    private static final long MARGIN_SECONDS = 10;

    /** What is sent to the token endpoint, at {@code tokenUrl}; {@code inBody}: whether the credentials stand in the body, and not in the header of Basic. */
    record Client(String tokenUrl, String id, String secret, String scope, boolean inBody) {

        /** Without the secret. */
        @Override
        public String toString() {
            return id;
        }
    }

    private record Token(String text, Instant renewal) {
    }

    private final Client client;
    private final HttpClient http;
    private final Clock clock;
    private Token token;

    /** @param http what the token is fetched with */
    OAuthToken(Client client, HttpClient http, Clock clock) {
        this.client = client;
        this.http = http;
        this.clock = clock;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain) throws IOException, HttpException {
        ClassicHttpRequest again = ClassicRequestBuilder.copy(request).build();
        String used = token(null);
        request.setHeader(HttpHeaders.AUTHORIZATION, "Bearer " + used);
        ClassicHttpResponse response = chain.proceed(request, scope);
        if (response.getCode() != HttpStatus.SC_UNAUTHORIZED || again.getEntity() != null && !again.getEntity().isRepeatable()) {
            return response;
        }
        response.close();
        again.setHeader(HttpHeaders.AUTHORIZATION, "Bearer " + token(used));
        return chain.proceed(again, scope);
    }

    /** One fetches; whoever needs it meanwhile waits. */
    private synchronized String token(String refused) throws IOException {
        if (token == null || token.text().equals(refused) || !clock.instant().isBefore(token.renewal())) {
            token = fetch();
        }
        return token.text();
    }

    private Token fetch() throws IOException {
        HttpPost post = new HttpPost(client.tokenUrl());
        StringBuilder form = new StringBuilder("grant_type=client_credentials");
        if (!client.scope().isEmpty()) {
            form.append("&scope=").append(encoded(client.scope()));
        }
        if (client.inBody()) {
            form.append("&client_id=").append(encoded(client.id())).append("&client_secret=").append(encoded(client.secret()));
        } else {
            // RFC 6749, 2.3.1: both are encoded as in a form before they are joined.
            String pair = encoded(client.id()) + ":" + encoded(client.secret());
            post.setHeader(HttpHeaders.AUTHORIZATION, "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
        }
        post.setHeader(HttpHeaders.ACCEPT, "application/json");
        post.setEntity(new StringEntity(form.toString(), ContentType.APPLICATION_FORM_URLENCODED));
        Instant asked = clock.instant();
        return http.execute(post, response -> read(asked, response.getCode(), response.getEntity() == null ? "" : EntityUtils.toString(response.getEntity())));
    }

    /** Not the answer itself in an error: it may repeat the credentials. */
    private Token read(Instant asked, int code, String answer) throws IOException {
        JsonNode json;
        try {
            json = JSON.readTree(answer);
        } catch (JsonProcessingException e) {
            throw new IOException("the token endpoint answered HTTP " + code + " with no JSON");
        }
        String text = json.path("access_token").asText();
        if (code != HttpStatus.SC_OK || !text.matches("[!-~]+")) {
            String error = json.path("error").asText();
            throw new IOException("the token endpoint answered HTTP " + code + (error.matches("[a-z_]{1,40}") ? " " + error : "") + " and gave no token");
        }
        long seconds = json.path("expires_in").asLong(DEFAULT_SECONDS);
        return new Token(text, asked.plusSeconds(Math.max(0, seconds - Math.min(MARGIN_SECONDS, seconds / 2))));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
