package io.smsbridge;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;

import org.apache.camel.Header;

/** Bean {@code door}: who may come in. Compares in constant time, and lets everyone in where no key is set. */
public final class Door {

    private final String callerKey;
    private final String webhooksToken;

    Door(String callerKey, String webhooksToken) {
        this.callerKey = callerKey;
        this.webhooksToken = webhooksToken;
    }

    /** Whether a caller of /sms/... shows {@code sms.apiKey}: as X-API-Key, App, Bearer, or the password of Basic. */
    public boolean lets(@Header("Authorization") String authorization, @Header("X-API-Key") String apiKey) {
        return callerKey.isEmpty() || same(callerKey, apiKey) || same(callerKey, credential(apiKey)) || same(callerKey, credential(authorization));
    }

    /** Whether the last part of a webhook's path is {@code webhooks.token}. */
    public boolean letsWebhook(String path) {
        return webhooksToken.isEmpty() || same(webhooksToken, path.substring(path.lastIndexOf('/') + 1));
    }

    /** The account that a webhook's path names, /infobip/KIND/ACCOUNT[/TOKEN]; null when it names none. */
    public String account(String path) {
        String[] parts = path.replaceAll("^/+", "").split("/");
        String account = parts.length > 2 ? parts[2] : null;
        return account != null && !webhooksToken.isEmpty() && parts.length == 3 && same(webhooksToken, account) ? null : account;
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

    private static boolean same(String expected, String given) {
        return given != null && MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }
}
