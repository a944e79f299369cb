package io.smsbridge.security;

import java.text.ParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;

/** Checks signed tokens of one issuer. What was right once is remembered for a while, as a token comes with many requests. */
final class TokenCheck {

    private static final int MOST_REMEMBERED = 10_000;
    /** Not longer: an issuer may take back the key that has signed a token, before the token expires. */
    private static final long REMEMBERED_FOR = 5 * 60_000L;

    /** @param until epoch milliseconds */
    private record Remembered(JWTClaimsSet claims, long until) {
    }

    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    private final long clockSkew;
    private final Map<String, Remembered> right = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Remembered> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    /**
     * @param keys      the keys that may have signed a token, and by which algorithm
     * @param required  claims that it has to have besides iss, aud and exp
     * @param clockSkew seconds for which it is taken after it has expired
     */
    TokenCheck(JWSKeySelector<SecurityContext> keys, String issuer, String audience, Set<String> required, int clockSkew) {
        this.clockSkew = clockSkew;
        processor.setJWSKeySelector(keys);
        // RFC 9068 has at+jwt; many issuers write JWT, or nothing.
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        Set<String> claims = new TreeSet<>(required);
        claims.add("exp");
        DefaultJWTClaimsVerifier<SecurityContext> verifier = new DefaultJWTClaimsVerifier<>(audience,
                new JWTClaimsSet.Builder().issuer(issuer).build(), claims);
        verifier.setMaxClockSkew(clockSkew);
        processor.setJWTClaimsSetVerifier(verifier);
    }

    /**
     * Its claims; null where it is not right, or no longer.
     *
     * @throws KeySourceException where the keys can't be had now
     */
    JWTClaimsSet claims(String token) throws KeySourceException {
        long now = System.currentTimeMillis();
        JWTClaimsSet known = remembered(token, now);
        if (known != null) {
            return known;
        }
        try {
            JWTClaimsSet claims = processor.process(SignedJWT.parse(token), null);
            synchronized (right) {
                right.put(token, new Remembered(claims, Math.min(now + REMEMBERED_FOR, claims.getExpirationTime().getTime() + clockSkew * 1000)));
            }
            return claims;
        } catch (KeySourceException e) {
            throw e;
        } catch (ParseException | BadJOSEException | JOSEException | RuntimeException e) {
            return null;
        }
    }

    /** The claims of a token that was right not long ago; null for any other. */
    JWTClaimsSet remembered(String token, long now) {
        synchronized (right) {
            Remembered known = right.get(token);
            return known == null || known.until() <= now ? null : known.claims();
        }
    }

    /** The issuer that a token names, before anything of it is checked; empty where it is no token. */
    static String issuer(String token) {
        try {
            String issuer = SignedJWT.parse(token).getJWTClaimsSet().getIssuer();
            return issuer == null ? "" : issuer;
        } catch (ParseException | RuntimeException e) {
            return "";
        }
    }
}
