package io.smsbridge.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;

/** Bean {@code callerKey}: who may send. */
public final class CallerKey {

    private final String key;

    /** @param key empty: anyone who can reach the port may send */
    public CallerKey(String key) {
        this.key = key;
    }

    /** Lets a caller pass who shows {@code sms.apiKey}: as X-API-Key, App, Bearer, or the password of Basic. Error: 401. */
    public void check(HttpCall call) {
        if (!key.isEmpty() && !same(call.header("X-API-Key")) && !same(credential(call.header("X-API-Key"))) && !same(credential(call.header("Authorization")))) {
            throw new RefusedCall(401, "the API key is missing or wrong: give sms.apiKey as Authorization: Bearer KEY, X-API-Key: KEY, or the password of Basic");
        }
    }

    private static String credential(String authorization) {
        if (authorization == null) {
            return null;
        }
        String[] parts = authorization.strip().split("\\s+", 2);
        if (parts.length < 2 || !parts[0].equalsIgnoreCase("Basic")) {
            return parts[parts.length - 1];
        }
        try {
            String pair = new String(Base64.getDecoder().decode(parts[1]), StandardCharsets.UTF_8);
            return pair.substring(pair.indexOf(':') + 1);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private boolean same(String given) {
        return given != null && MessageDigest.isEqual(key.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }
}
