package io.smsbridge.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import javax.crypto.spec.SecretKeySpec;

import io.smsbridge.http.HttpCall;
import io.smsbridge.settings.WebhookSettings.Signature;
import io.smsbridge.text.Hmac;

/** One scheme of signing webhooks, with its secrets: HMAC over the bytes of the body, or over a time and them. */
final class WebhookSignature {

    /** From here on a number is milliseconds, and below it seconds. */
    private static final long FIRST_MILLIS = 100_000_000_000L;

    private final Signature settings;
    private final List<SecretKeySpec> keys;

    WebhookSignature(Signature settings) {
        this.settings = settings;
        this.keys = settings.secrets().stream().map(secret -> new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), settings.mac())).toList();
    }

    /** What is wrong with a call's signature: missing, signature or age; null where it is right. */
    String problem(HttpCall call, long now) {
        String given = call.header(settings.header());
        String time = settings.timestamped() ? call.header(Signature.TIMESTAMP_HEADER) : "";
        if (given == null || time == null) {
            return "missing";
        }
        byte[] signature = read(given.strip());
        boolean same = false;
        for (SecretKeySpec key : keys) {
            same |= MessageDigest.isEqual(mac(key, time, call.body()), signature);
        }
        return !same ? "signature" : settings.maxAge() > 0 && Math.abs(now - millis(time)) > settings.maxAge() ? "age" : null;
    }

    /** The headers of a body signed by the first secret, as Infobip writes them. */
    Map<String, String> sign(byte[] body, long now) {
        Map<String, String> headers = new LinkedHashMap<>();
        String time = settings.timestamped() ? String.valueOf(now / 1000) : "";
        String hex = HexFormat.of().formatHex(mac(keys.get(0), time, body));
        if (settings.timestamped()) {
            headers.put(Signature.TIMESTAMP_HEADER, time);
        }
        headers.put(settings.header(), settings.timestamped() ? hex : settings.algorithm().toUpperCase(Locale.ROOT) + "=" + hex);
        return headers;
    }

    private static byte[] mac(SecretKeySpec key, String time, byte[] body) {
        return Hmac.of(key, time.getBytes(StandardCharsets.UTF_8), body);
    }

    /** Hex or Base64, with the algorithm's name before it or without; empty for anything else. */
    private byte[] read(String given) {
        int equals = given.indexOf('=');
        String name = equals < 0 ? "" : given.substring(0, equals).toLowerCase(Locale.ROOT).replace("-", "").replace("_", "").replaceFirst("^hmac", "");
        String value = name.equals(settings.algorithm()) ? given.substring(equals + 1).strip() : given;
        try {
            return value.matches("([0-9a-fA-F]{2})+") ? HexFormat.of().parseHex(value) : Base64.getDecoder().decode(value);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    /** Of a time that can't be read: the year 1970, which is too old for anything. */
    private static long millis(String time) {
        try {
            if (time.strip().matches("[0-9]{1,15}")) {
                long number = Long.parseLong(time.strip());
                return number < FIRST_MILLIS ? number * 1000 : number;
            }
            return Instant.parse(time.strip()).toEpochMilli();
        } catch (DateTimeException e) {
            return 0;
        }
    }
}
