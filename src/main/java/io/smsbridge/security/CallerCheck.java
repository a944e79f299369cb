package io.smsbridge.security;

import java.util.Objects;
import java.util.stream.Stream;

import io.smsbridge.http.HttpCall;

/** Finds out who shows a credential. */
final class CallerCheck {

    /** Who it is, and by what he is known: a credential of ours, unless a token of another issuer speaks for him. */
    record Passed(Caller caller, Credential credential) {
    }

    private final CallerDirectory directory;
    private final String header;
    private final OwnTokens own;
    /** Null where there is none. */
    private final IssuerTokens issuer;

    /** @param header the header that may hold the key, besides Authorization */
    CallerCheck(CallerDirectory directory, String header, OwnTokens own, IssuerTokens issuer) {
        this.directory = directory;
        this.header = header;
        this.own = own;
        this.issuer = issuer;
    }

    boolean isShown(HttpCall call) {
        return Credentials.ofHeader(call, header) != null || Credentials.ofAuthorization(call) != null;
    }

    /** Null for nobody. */
    Passed of(HttpCall call) {
        return Stream.of(Credentials.ofHeader(call, header), Credentials.ofAuthorization(call)).filter(Objects::nonNull).map(this::of)
                .filter(Objects::nonNull).findFirst().orElse(null);
    }

    /** Null for nobody. */
    Passed of(Credentials shown) {
        Passed passed = shown.isToken() ? token(shown.secret()) : null;
        // A key in the settings may look like a token.
        return passed == null ? key(shown) : passed;
    }

    /** By a key alone, not by a token; null for nobody. */
    Passed key(Credentials shown) {
        Credential credential = directory.find(shown.secret());
        Caller caller = valid(credential);
        // Any user name goes with a key, as some forms ask for one; but not that of another caller.
        boolean another = caller != null && shown.user() != null && !shown.user().equals(caller.name()) && directory.caller(shown.user()) != null;
        return caller == null || another ? null : new Passed(caller, credential);
    }

    private Passed token(String token) {
        if (issuer != null && issuer.isOf(token)) {
            String name = issuer.caller(token);
            Caller caller = name == null ? null : directory.caller(name);
            return caller == null ? null : new Passed(caller, null);
        }
        OwnTokens.Holder holder = own.holder(token);
        Credential credential = holder == null ? null : directory.credential(holder.credentialId());
        Caller caller = valid(credential);
        return caller == null || !caller.name().equals(holder.caller()) ? null : new Passed(caller, credential);
    }

    private Caller valid(Credential credential) {
        return credential == null || credential.isExpired(System.currentTimeMillis()) ? null : directory.caller(credential.caller());
    }
}
