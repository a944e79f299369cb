package io.smsbridge.outgoing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

import io.smsbridge.text.Hmac;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/**
 * Signs each request as https://www.standardwebhooks.com describes it: HMAC-SHA256 of "id.timestamp.body" under each secret. The id comes
 * with the request, and is the same when a POST is repeated; the timestamp is the attempt's.
 */
final class WebhookSignature implements ExecChainHandler {

    static final String ID = "webhook-id";
    private static final String ALGORITHM = "HmacSHA256";

    private final List<SecretKey> secrets;
    private final Clock clock;

    /** @param secrets whsec_BASE64, separated by commas: while one is replaced by another, both sign */
    WebhookSignature(String secrets, Clock clock) {
        this.secrets = Arrays.stream(secrets.split(",")).map(String::strip).filter(secret -> !secret.isEmpty())
                .map(secret -> Base64.getDecoder().decode(secret.replaceFirst("^whsec_", "")))
                .<SecretKey>map(bytes -> new SecretKeySpec(bytes, ALGORITHM)).toList();
        this.clock = clock;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain) throws IOException, HttpException {
        byte[] body = body(request);
        Header given = request.getFirstHeader(ID);
        String id = given == null ? "msg_" + UUID.randomUUID() : given.getValue();
        String timestamp = String.valueOf(clock.instant().getEpochSecond());
        request.setHeader(ID, id);
        request.setHeader("webhook-timestamp", timestamp);
        request.setHeader("webhook-signature", secrets.stream().map(secret -> "v1," + signature(secret, id + "." + timestamp + ".", body))
                .collect(Collectors.joining(" ")));
        return chain.proceed(request, scope);
    }

    private static byte[] body(ClassicHttpRequest request) throws IOException {
        HttpEntity entity = request.getEntity();
        if (entity == null) {
            return new byte[0];
        }
        byte[] body = EntityUtils.toByteArray(entity);
        if (!entity.isRepeatable()) {
            request.setEntity(new ByteArrayEntity(body, ContentType.parseLenient(entity.getContentType())));
        }
        return body;
    }

    private static String signature(SecretKey secret, String prefix, byte[] body) {
        return Base64.getEncoder().encodeToString(Hmac.of(secret, prefix.getBytes(StandardCharsets.UTF_8), body));
    }
}
