package io.smsbridge.outgoing;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Downstreams that ask for a token, OAuth 2.0 with client credentials, and what issues it. */
class OAuthTest {

    /** Ids of Infobip's status groups. Each downstream here is told of one of them, so that no test's events reach the downstream of another. */
    private static final int DELIVERED = 3;
    private static final int FAILED = 2;

    @TempDir
    static Path home;
    static ScriptedDownstream downstream;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        downstream = new ScriptedDownstream();
        bridge = new TestBridge(home, """
                account.main.baseUrl=http://localhost:1
                account.main.apiKey=k
                sms.default-account=main
                downstream.oauth.url=%1$s/oauth?tenant=7
                downstream.oauth.events=delivered
                downstream.oauth.oauth2TokenUrl=%1$s/token/header
                downstream.oauth.oauth2ClientId=the bridge
                downstream.oauth.oauth2ClientSecret=s:e+c&ret
                downstream.oauth.oauth2Scope=events:write sms
                downstream.oauth.retryDelay=100ms
                downstream.body.url=%1$s/body
                downstream.body.events=failed
                downstream.body.oauth2TokenUrl=%1$s/token/body
                downstream.body.oauth2ClientId=bridge
                downstream.body.oauth2ClientSecret=s:e+c&ret
                downstream.body.oauth2CredentialsIn=body
                downstream.body.signingSecrets=%2$s
                downstream.body.retryDelay=100ms
                downstream.body.downAfter=0
                """.formatted(downstream.url(), Base64.getEncoder().encodeToString("a new secret of the same length.".getBytes(StandardCharsets.UTF_8))));
    }

    @AfterAll
    static void stop() {
        bridge.close();
        downstream.close();
    }

    private static List<LoggedRequest> posts(String path, int many) {
        await().until(() -> downstream.posts(path).size() >= many);
        assertThat(downstream.posts(path)).hasSize(many);
        return downstream.posts(path);
    }

    private static void issue(String path, String token, int seconds) {
        downstream.server.stubFor(post(urlEqualTo(path)).atPriority(2).willReturn(aResponse().withHeader("Content-Type", "application/json")
                .withBody("{\"access_token\": \"" + token + "\", \"token_type\": \"Bearer\", \"expires_in\": " + seconds + "}")));
    }

    /** Any other token is refused. */
    private static StubMapping accept(String path, String token) {
        downstream.server.stubFor(post(urlEqualTo(path)).atPriority(2).willReturn(aResponse().withStatus(401).withBody("invalid_token")));
        return downstream.server.stubFor(post(urlEqualTo(path)).atPriority(1).withHeader("Authorization", equalTo("Bearer " + token)).willReturn(aResponse()));
    }

    @Test
    void aTokenIsFetchedOnceAndAnewWhenItIsRefused() throws Exception {
        issue("/token/header", "t1", 3600);
        StubMapping accepted = accept("/oauth?tenant=7", "t1");
        bridge.report(DELIVERED, TestBridge.newId());
        posts("/oauth?tenant=7", 1);
        LoggedRequest asked = posts("/token/header", 1).get(0);
        assertThat(asked.getBodyAsString()).isEqualTo("grant_type=client_credentials&scope=events%3Awrite+sms");
        assertThat(asked.getHeader("Authorization")).isEqualTo("Basic " + Base64.getEncoder().encodeToString("the+bridge:s%3Ae%2Bc%26ret".getBytes(StandardCharsets.UTF_8)));
        assertThat(asked.containsHeader("webhook-id")).isFalse();
        bridge.report(DELIVERED, TestBridge.newId());
        posts("/oauth?tenant=7", 2);
        posts("/token/header", 1);

        // Revoked: the same POST goes again under a new token, and nothing is given up.
        issue("/token/header", "t2", 3600);
        downstream.server.removeStub(accepted);
        accepted = accept("/oauth?tenant=7", "t2");
        String id = TestBridge.newId();
        bridge.report(DELIVERED, id);
        List<LoggedRequest> tries = posts("/oauth?tenant=7", 4).subList(2, 4);
        assertThat(tries.stream().map(post -> post.getHeader("Authorization"))).containsExactly("Bearer t1", "Bearer t2");
        assertThat(tries).allSatisfy(post -> assertThat(post.getBodyAsString()).contains(id));
        posts("/token/header", 2);

        // A token that does not help is a refusal like any other, and asked for once.
        downstream.server.removeStub(accepted);
        bridge.report(DELIVERED, TestBridge.newId());
        assertThat(bridge.takeLetter("events.oauth").get("reason").asText()).isEqualTo("HTTP 401 invalid_token");
        posts("/token/header", 3);
    }

    @Test
    void aTokenIsRenewedBeforeItExpiresAndAnIssuerThatIsAwayLosesNothing() throws Exception {
        downstream.answers("/token/body", aResponse().withStatus(503).withBody("s:e+c&ret?"), aResponse().withStatus(400).withBody("{\"error\": \"slow_down\"}"));
        issue("/token/body", "b1", 2);
        int logged = TestBridge.log().size();
        bridge.report(FAILED, TestBridge.newId());
        LoggedRequest first = posts("/body", 1).get(0);
        assertThat(first.getHeader("Authorization")).isEqualTo("Bearer b1");
        assertThat(first.getHeader("webhook-signature")).startsWith("v1,");
        assertThat(posts("/token/body", 3)).allSatisfy(asked -> {
            assertThat(asked.getBodyAsString()).isEqualTo("grant_type=client_credentials&client_id=bridge&client_secret=s%3Ae%2Bc%26ret");
            assertThat(asked.containsHeader("Authorization")).isFalse();
        });
        assertThat(TestBridge.logSince(logged)).anyMatch(line -> line.contains("the token endpoint answered HTTP 400 slow_down and gave no token"))
                .noneMatch(line -> line.contains("s:e+c&ret"));

        // It was good for two seconds.
        issue("/token/body", "b2", 3600);
        await().pollInterval(Duration.ofMillis(300)).until(() -> {
            bridge.report(FAILED, TestBridge.newId());
            return downstream.posts("/body").stream().anyMatch(post -> "Bearer b2".equals(post.getHeader("Authorization")));
        });
    }
}
