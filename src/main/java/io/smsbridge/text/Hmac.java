package io.smsbridge.text;

import java.security.GeneralSecurityException;
import java.security.Key;

import javax.crypto.Mac;

/** A keyed hash. */
public final class Hmac {

    private Hmac() {
    }

    /**
     * The hash of some bytes, one part behind the other.
     *
     * @param key whose algorithm is that of the hash, such as HmacSHA256
     */
    public static byte[] of(Key key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(key.getAlgorithm());
            mac.init(key);
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + key.getAlgorithm(), e);
        }
    }
}
