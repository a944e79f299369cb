package io.smsbridge.security;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import io.smsbridge.TestCallers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers known by tokens: those of an identity provider, whose keys are fetched, and the bridge's own, whose keys are in the ledger. */
class CallerTokensTest {

    private static final String ISSUER = "https://login.example.com/";
    private static final String KEYS = "/keys";
    private static final String MOVED = "/moved";
    private static final String SEND = "{\"to\": \"447700900123\", \"text\": \"Hi\"}";
    /** A source of its own for each wrong token, as each slows its source down. */
    private static final AtomicInteger SOURCES = new AtomicInteger(1);

    @TempDir
    static Path home;
    static ScriptedInfobip infobip;
    static WireMockServer issuer;
    static RSAKey first;
    static RSAKey second;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        first = new RSAKeyGenerator(2048).keyID("first").generate();
        second = new RSAKeyGenerator(2048).keyID("second").generate();
        infobip = new ScriptedInfobip();
        issuer = new WireMockServer(ScriptedDownstream.server());
        issuer.start();
        serve(first);
        issuer.stubFor(get(urlEqualTo(MOVED)).willReturn(aResponse().withStatus(302).withHeader("Location", issuer.baseUrl() + KEYS)));
        bridge = new TestBridge(home, settings(KEYS));
        TestCallers.change(home, "add", "campaigns", "--no-key", "--accounts", "main");
    }

    @AfterAll
    static void stop() {
        bridge.close();
        issuer.stop();
        infobip.close();
    }

    private static void serve(RSAKey... keys) {
        issuer.stubFor(get(urlEqualTo(KEYS)).willReturn(okJson(new JWKSet(List.<JWK>of(keys)).toString(true))));
    }

    private static String settings(String keysPath) {
        return """
                account.main.baseUrl=%1$s
                account.main.apiKey=k
                account.other.baseUrl=%1$s
                account.other.apiKey=k
                sms.default-account=other
                sms.jwt.issuer=%2$s
                sms.jwt.keysUrl=%3$s
                sms.jwt.audience=sms-bridge
                sms.jwt.callerClaim=client_id
                """.formatted(infobip.url(), ISSUER, issuer.baseUrl() + keysPath);
    }

    private static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder().issuer(ISSUER).audience(List.of("another", "sms-bridge")).claim("client_id", "campaigns")
                .subject("somebody").expirationTime(Date.from(Instant.now().plusSeconds(600)));
    }

    private static String signed(JWSAlgorithm algorithm, String keyId, JWSSigner signer, JWTClaimsSet claims) throws JOSEException {
        SignedJWT token = new SignedJWT(new JWSHeader.Builder(algorithm).keyID(keyId).build(), claims);
        token.sign(signer);
        return token.serialize();
    }

    private static String signed(RSAKey key, JWTClaimsSet.Builder claims) throws JOSEException {
        return signed(JWSAlgorithm.RS256, key.getKeyID(), new RSASSASigner(key), claims.build());
    }

    private static int send(TestBridge to, String path, String token) throws Exception {
        return to.post(path, SEND, "Authorization", "Bearer " + token).statusCode();
    }

    @Test
    void aTokenOfTheIssuerSpeaksForTheCallerItNames() throws Exception {
        assertThat(bridge.post("/sms/send/main", SEND).statusCode()).as("nobody is known by a key, and still nobody else may call").isEqualTo(401);
        String id = TestBridge.newId();
        String token = signed(first, claims());
        assertThat(bridge.post("/sms/send", SEND.replace("}", ", \"messageId\": \"" + id + "\"}"), "Authorization", "Bearer " + token).statusCode()).isEqualTo(200);
        assertThat(send(bridge, "/sms/send/other", token)).isEqualTo(403);
        JsonNode history = TestBridge.JSON.readTree(bridge.get("/sms/messages/" + id, "Authorization", "Bearer " + token).body());
        assertThat(history.at("/messages/0/caller").asText()).isEqualTo("campaigns");
        assertThat(history.at("/messages/0/account").asText()).isEqualTo("main");
        assertThat(bridge.post("/oauth/token", "grant_type=client_credentials&client_id=campaigns&client_secret=" + token,
                "Content-Type", "application/x-www-form-urlencoded").statusCode()).as("a token is no key").isEqualTo(401);

        // The issuer signs by another key from now on, and takes the first back.
        serve(second);
        assertThat(send(bridge, "/sms/send/main", signed(second, claims()))).isEqualTo(200);
        assertThat(TestCallers.postFrom("127.0.3.1", bridge.port, "/sms/send/main", SEND, "Authorization", "Bearer " + signed(first, claims().jwtID("new"))))
                .startsWith("401");
        issuer.stubFor(get(urlEqualTo(KEYS)).willReturn(aResponse().withStatus(500)));
        assertThat(send(bridge, "/sms/send/main", signed(second, claims().jwtID("in an outage")))).isEqualTo(200);
        serve(first, second);
    }

    @Test
    void anyOtherTokenIsRefused() throws Exception {
        RSAKey forger = new RSAKeyGenerator(2048).keyID("first").generate();
        Map<String, String> wrong = new LinkedHashMap<>();
        wrong.put("audience", signed(first, claims().audience("another")));
        wrong.put("no audience", signed(first, claims().audience((String) null)));
        wrong.put("issuer", signed(first, claims().issuer("https://login.example.org/")));
        wrong.put("expired", signed(first, claims().expirationTime(Date.from(Instant.now().minusSeconds(60)))));
        wrong.put("for ever", signed(first, claims().expirationTime(null)));
        wrong.put("not yet", signed(first, claims().notBeforeTime(Date.from(Instant.now().plusSeconds(300)))));
        wrong.put("unknown caller", signed(first, claims().claim("client_id", "nobody")));
        wrong.put("no caller", signed(first, claims().claim("client_id", null)));
        wrong.put("forged", signed(forger, claims()));
        wrong.put("algorithm", signed(JWSAlgorithm.RS512, "first", new RSASSASigner(first), claims().build()));
        wrong.put("public key as secret", signed(JWSAlgorithm.HS256, "first", new MACSigner(first.toRSAPublicKey().getEncoded()), claims().build()));
        wrong.put("unsigned", new PlainJWT(claims().build()).serialize());
        for (Map.Entry<String, String> token : wrong.entrySet()) {
            assertThat(TestCallers.postFrom("127.0.2." + SOURCES.incrementAndGet(), bridge.port, "/sms/send/main", SEND, "Authorization",
                    "Bearer " + token.getValue())).as(token.getKey()).startsWith("401");
        }
    }

    @Test
    void withoutTheIssuersKeysTheAnswerIs503(@TempDir Path away) throws Exception {
        try (TestBridge other = new TestBridge(away, settings(MOVED))) {
            TestCallers.change(away, "add", "campaigns", "--no-key");
            // They are where the settings say, or nowhere: a redirect is not followed.
            for (int i = 0; i < 8; i++) {
                assertThat(send(other, "/sms/send/main", signed(first, claims()))).isEqualTo(503);
            }
            assertThat(issuer.findAll(getRequestedFor(urlEqualTo(MOVED)))).as("it is not asked for each call").hasSizeBetween(1, 4);
        }
    }

    @Test
    void aTokenOfTheBridgeOutlivesItAndIsKnownToAnyBridgeOfTheLedger(@TempDir Path one, @TempDir Path two) throws Exception {
        String settings = settings(KEYS) + "ledger.url=jdbc:sqlite:" + one.resolve("shared.db") + "\nsms.tokenLifetime=30m\n";
        Files.writeString(one.resolve("application.properties"), settings);
        String key = TestCallers.key(TestCallers.command(one, 0, "add", "shop"));
        String token;
        try (TestBridge before = new TestBridge(one, settings)) {
            JsonNode answer = TestBridge.JSON.readTree(before.post("/oauth/token", "grant_type=client_credentials", "Authorization",
                    TestCallers.basic("shop", key), "Content-Type", "application/x-www-form-urlencoded").body());
            assertThat(answer.path("expires_in").asInt()).isEqualTo(1800);
            token = answer.path("access_token").asText();
            assertThat(send(before, "/sms/send/main", token)).isEqualTo(200);
        }
        try (TestBridge after = new TestBridge(two, settings)) {
            assertThat(send(after, "/sms/send/main", token)).isEqualTo(200);
            // Only those of this ledger.
            assertThat(TestCallers.postFrom("127.0.2." + SOURCES.incrementAndGet(), bridge.port, "/sms/send/main", SEND, "Authorization",
                    "Bearer " + token)).startsWith("401");
            TestCallers.change(two, "remove", "shop");
            assertThat(send(after, "/sms/send/main", token)).isEqualTo(401);
        }
    }
}
