package io.smsbridge.security;

import java.security.Key;
import java.util.Date;
import java.util.List;
import java.util.Set;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;

/** The tokens that POST /oauth/token hands out: HS256, as nobody but the bridges that share a ledger has to read them. */
final class OwnTokens {

    static final String ISSUER = "infobip-sms-bridge";
    private static final String AUDIENCE = "sms";
    /** The credential that a token was given for: it ends with it. */
    private static final String CREDENTIAL = "cid";

    /** Who a token says he is. */
    record Holder(String caller, String credentialId) {
    }

    private final SigningKeys keys;
    private final TokenCheck check;

    OwnTokens(SigningKeys keys) {
        this.keys = keys;
        check = new TokenCheck((header, context) -> keysOf(header), ISSUER, AUDIENCE, Set.of("sub", CREDENTIAL), 0);
    }

    private List<Key> keysOf(JWSHeader header) {
        if (!JWSAlgorithm.HS256.equals(header.getAlgorithm()) || header.getKeyID() == null || !header.getKeyID().matches("[0-9]{1,9}")) {
            return List.of();
        }
        Key key = keys.key(Long.parseLong(header.getKeyID()));
        return key == null ? List.of() : List.of(key);
    }

    /** A token for the credential's caller; null while there is no key to sign it with. */
    String issue(Credential credential, long seconds) {
        long now = System.currentTimeMillis();
        long period = SigningKeys.period(now);
        keys.renew();
        Key key = keys.key(period);
        if (key == null) {
            return null;
        }
        SignedJWT token = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.HS256).type(JOSEObjectType.JWT).keyID(String.valueOf(period)).build(),
                new JWTClaimsSet.Builder().issuer(ISSUER).audience(AUDIENCE).subject(credential.caller()).claim(CREDENTIAL, credential.id())
                        .issueTime(new Date(now)).expirationTime(new Date(now + seconds * 1000)).build());
        try {
            token.sign(new MACSigner(key.getEncoded()));
        } catch (JOSEException e) {
            throw new IllegalStateException("a token can't be signed", e);
        }
        return token.serialize();
    }

    /** Null where the token is not right, or has expired. */
    Holder holder(String token) {
        try {
            JWTClaimsSet claims = check.claims(token);
            return claims == null ? null : new Holder(claims.getSubject(), String.valueOf(claims.getClaim(CREDENTIAL)));
        } catch (KeySourceException e) {
            throw new IllegalStateException("keys of our own are in memory", e);
        }
    }
}
