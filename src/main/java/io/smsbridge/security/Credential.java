package io.smsbridge.security;

import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** By what a caller is known, and from where it has been shown rightly so far. */
final class Credential {

    private static final int MOST_SOURCES = 1_000;

    private final CredentialRow row;
    private final byte[] hash;
    private final Set<String> sources = ConcurrentHashMap.newKeySet();

    Credential(CredentialRow row) {
        this.row = row;
        hash = HexFormat.of().parseHex(row.hash());
    }

    CredentialRow row() {
        return row;
    }

    String id() {
        return row.id();
    }

    String caller() {
        return row.caller();
    }

    /** What it is looked up by. */
    static long key(byte[] hash) {
        long key = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            key = key << 8 | hash[i] & 0xff;
        }
        return key;
    }

    long key() {
        return key(hash);
    }

    boolean isOf(byte[] shown) {
        return MessageDigest.isEqual(hash, shown);
    }

    boolean isExpired(long now) {
        return row.expiresAt() != null && row.expiresAt() <= now;
    }

    boolean isKnownFrom(String source) {
        return sources.contains(source);
    }

    void passedFrom(String source) {
        if (!sources.contains(source) && sources.size() < MOST_SOURCES) {
            sources.add(source);
        }
    }
}
