package io.smsbridge.receive;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

import io.smsbridge.http.HttpCall;

/** The token in the path of webhooks: /infobip/KIND[/ACCOUNT][/TOKEN]. */
final class WebhookKey {

    private final String token;

    /** @param token empty: webhooks are taken from anyone */
    WebhookKey(String token) {
        this.token = token;
    }

    boolean opens(String path) {
        String bare = path.replaceAll("/+$", "");
        return token.isEmpty() || same(bare.substring(bare.lastIndexOf('/') + 1));
    }

    /** Null where the path names none. */
    String account(HttpCall call) {
        String[] parts = call.parts();
        String account = parts.length > 2 ? parts[2] : null;
        return account != null && !token.isEmpty() && parts.length == 3 && same(account) ? null : account;
    }

    private boolean same(String given) {
        return MessageDigest.isEqual(token.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }
}
