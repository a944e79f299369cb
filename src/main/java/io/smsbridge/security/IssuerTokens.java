package io.smsbridge.security;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import io.smsbridge.http.RefusedCall;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tokens of an identity provider of the user's own, whose keys are fetched from it. */
final class IssuerTokens {

    /**
     * What the settings say of it.
     *
     * @param issuer    what the claim iss has to be; empty: there is none
     * @param keysUrl   where its keys are, as a JSON Web Key Set
     * @param audience  what the claim aud has to be, or hold
     * @param algorithm the one algorithm taken, such as RS256
     * @param claim     which claim is the caller's name
     */
    record Options(String issuer, String keysUrl, String audience, String algorithm, String claim) {
    }

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.doors");
    private static final int TIMEOUT = 2_000;
    private static final int LARGEST = 512 * 1024;
    private static final int CLOCK_SKEW = 30;
    private static final long KEPT = TimeUnit.MINUTES.toMillis(10);
    /** For so long the keys of an issuer that can't be reached are still taken. */
    private static final long KEPT_IN_OUTAGE = TimeUnit.HOURS.toMillis(4);

    private final Options options;
    private final JWKSource<SecurityContext> keys;
    private final TokenCheck check;

    IssuerTokens(Options options) {
        this.options = options;
        try {
            DefaultResourceRetriever retriever = new DefaultResourceRetriever(TIMEOUT, TIMEOUT, LARGEST) {
                @Override
                protected HttpURLConnection openHTTPConnection(URL url) throws IOException {
                    HttpURLConnection connection = super.openHTTPConnection(url);
                    // The keys come from where the settings say, and from nowhere else.
                    connection.setInstanceFollowRedirects(false);
                    return connection;
                }
            };
            keys = JWKSourceBuilder.create(URI.create(options.keysUrl()).toURL(), retriever)
                    .cache(KEPT, TimeUnit.SECONDS.toMillis(15)).outageTolerant(KEPT_IN_OUTAGE).build();
            check = new TokenCheck(new JWSVerificationKeySelector<>(JWSAlgorithm.parse(options.algorithm()), keys), options.issuer(), options.audience(),
                    Set.of(options.claim()), CLOCK_SKEW);
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("sms.jwt.keysUrl is no URL", e);
        }
    }

    /** Whether a token says that it is of this issuer, which is not checked yet. */
    boolean isOf(String token) {
        return check.remembered(token, System.currentTimeMillis()) != null || options.issuer().equals(TokenCheck.issuer(token));
    }

    /** The caller's name; null where the token is not right, or has expired. Error: 503 while the issuer's keys can't be fetched. */
    String caller(String token) {
        try {
            JWTClaimsSet claims = check.claims(token);
            return claims == null ? null : String.valueOf(claims.getClaim(options.claim()));
        } catch (KeySourceException e) {
            if (hasKeys()) {
                // None of them is the token's, and they were fetched only just now.
                return null;
            }
            LOG.warn("sms.jwt.keysUrl: the keys of {} can't be fetched: {}", options.issuer(), e.getMessage());
            throw new RefusedCall(503, "the keys of the token's issuer can't be fetched now; ask again later");
        }
    }

    private boolean hasKeys() {
        try {
            return !keys.get(new JWKSelector(new JWKMatcher.Builder().build()), null).isEmpty();
        } catch (KeySourceException e) {
            return false;
        }
    }
}
