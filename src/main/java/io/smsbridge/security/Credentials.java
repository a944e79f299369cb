package io.smsbridge.security;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

import io.smsbridge.http.HttpCall;

/**
 * What a request shows to be let in.
 *
 * @param user   of Basic; null for all else
 * @param secret a key or a token
 */
record Credentials(String user, String secret) {

    /** Of the header Authorization: Basic, or a key or token under any scheme or none; null where there is none that can be read. */
    static Credentials ofAuthorization(HttpCall call) {
        String authorization = call.header("Authorization");
        if (authorization == null || authorization.isBlank()) {
            return null;
        }
        String[] parts = authorization.strip().split("\\s+", 2);
        if (!parts[0].equalsIgnoreCase("Basic")) {
            return new Credentials(null, parts[parts.length - 1]);
        }
        try {
            String pair = new String(Base64.getDecoder().decode(parts.length == 1 ? "" : parts[1].strip()), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return new Credentials(pair.substring(0, Math.max(colon, 0)), pair.substring(colon + 1));
        } catch (IllegalArgumentException e) {
            return new Credentials("", "");
        }
    }

    /** Of a header that holds the key, with or without a scheme before it; null where there is none. */
    static Credentials ofHeader(HttpCall call, String header) {
        String value = call.header(header);
        if (value == null || value.isBlank()) {
            return null;
        }
        String[] parts = value.strip().split("\\s+", 2);
        return new Credentials(null, parts[parts.length - 1]);
    }

    /** A signed token has three parts. */
    boolean isToken() {
        return secret.startsWith("eyJ") && secret.chars().filter(c -> c == '.').count() == 2;
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return user == null ? "key" : "Basic";
    }
}
