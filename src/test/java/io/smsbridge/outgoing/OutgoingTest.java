package io.smsbridge.outgoing;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that leave the bridge: what is signed, and where the bridge never calls. */
class OutgoingTest {

    private static final String OLD_SECRET = Base64.getEncoder().encodeToString("an old secret, 32 bytes long....".getBytes(StandardCharsets.UTF_8));
    private static final String NEW_SECRET = Base64.getEncoder().encodeToString("a new secret of the same length.".getBytes(StandardCharsets.UTF_8));
    /** Ids of Infobip's status groups. Each downstream here is told of one of them, so that no test's events reach the downstream of another. */
    private static final int DELIVERED = 3;
    private static final int FAILED = 2;

    @TempDir
    static Path home;
    static ScriptedInfobip infobip;
    static ScriptedDownstream downstream;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        infobip = new ScriptedInfobip();
        downstream = new ScriptedDownstream();
        bridge = new TestBridge(home, """
                account.main.baseUrl=%4$s
                account.main.apiKey=k
                sms.default-account=main
                downstream.signed.url=%1$s/signed
                downstream.signed.events=delivered
                downstream.signed.signingSecrets=whsec_%2$s, whsec_%3$s
                downstream.signed.retryDelay=100ms
                downstream.moved.url=%1$s/moved
                downstream.moved.events=failed
                downstream.moved.downAfter=0
                """.formatted(downstream.url(), OLD_SECRET, NEW_SECRET, infobip.url()));
    }

    @AfterAll
    static void stop() {
        bridge.close();
        downstream.close();
        infobip.close();
    }

    @BeforeEach
    void forget() {
        bridge.awaitIdle();
        downstream.takeAll();
    }

    private static List<LoggedRequest> posts(String path, int many) {
        await().until(() -> downstream.posts(path).size() >= many);
        assertThat(downstream.posts(path)).hasSize(many);
        return downstream.posts(path);
    }

    private static String signature(String secret, LoggedRequest post) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret), "HmacSHA256"));
        mac.update((post.getHeader("webhook-id") + "." + post.getHeader("webhook-timestamp") + ".").getBytes(StandardCharsets.UTF_8));
        return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(post.getBody()));
    }

    @Test
    void aPostIsSignedUnderEachSecretAndKeepsItsIdWhenItIsRepeated() throws Exception {
        long begin = Instant.now().getEpochSecond();
        downstream.answers("/signed", aResponse().withStatus(503), aResponse().withStatus(500));
        bridge.report(DELIVERED, "a" + TestBridge.newId(), "b" + TestBridge.newId());
        List<LoggedRequest> tries = posts("/signed", 3);
        assertThat(tries.stream().map(post -> post.getHeader("webhook-id")).distinct()).singleElement().asString().matches("msg_[A-Za-z0-9_-]{43}");
        for (LoggedRequest post : tries) {
            assertThat(post.getHeader("webhook-signature")).isEqualTo(signature(OLD_SECRET, post) + " " + signature(NEW_SECRET, post));
            assertThat(Long.parseLong(post.getHeader("webhook-timestamp"))).isBetween(begin, Instant.now().getEpochSecond());
        }
        bridge.report(DELIVERED, "c" + TestBridge.newId());
        assertThat(posts("/signed", 4).get(3).getHeader("webhook-id")).isNotEqualTo(tries.get(0).getHeader("webhook-id"));
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 301, 302, 303, 307, 308})
    void aRedirectIsNotFollowed(int status) throws Exception {
        downstream.answers("/moved", aResponse().withStatus(status).withHeader("Location", "/elsewhere?sig=repeated"));
        bridge.report(FAILED, TestBridge.newId());
        assertThat(bridge.takeLetter("events.moved").get("reason").asText()).isEqualTo("HTTP " + status
                + " a redirect to /elsewhere?... is not followed; if it is right, give it as downstream.moved.url");
        assertThat(downstream.posts("/elsewhere?sig=repeated")).isEmpty();
    }

    @Test
    void norIsOneOfInfobip() throws Exception {
        infobip.answers(aResponse().withStatus(307).withHeader("Location", downstream.url() + "/elsewhere"));
        bridge.send("main", "{\"to\": \"447700900123\", \"text\": \"Hi\"}");
        assertThat(bridge.takeLetter("sends.main").get("reason").asText()).isEqualTo("HTTP 307, HTTP_307: a redirect to " + downstream.url()
                + "/elsewhere is not followed; if it is right, give it as account.main.baseUrl");
        assertThat(downstream.posts("/elsewhere")).isEmpty();
        infobip.acceptAll();
    }

    /** Written as an address in any of its forms. By a name, and by one whose address changes later: RebindingIT. */
    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "169.254.1.1", "2852039166", "[fe80::1]", "[::ffff:169.254.169.254]", "[::169.254.169.254]",
            "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::1]", "[fd00:ec2::254]", "100.100.100.200", "224.0.0.1"})
    void aStartRefusesLinkLocalAndMetadataAddresses(String host, @TempDir Path own) throws Exception {
        for (String setting : Set.of("account.main.baseUrl", "downstream.crm.url", "downstream.crm.oauth2TokenUrl")) {
            String settings = """
                    account.main.baseUrl=https://127.0.0.1
                    account.main.apiKey=k
                    downstream.crm.url=https://127.0.0.1/
                    downstream.crm.oauth2TokenUrl=https://127.0.0.1/
                    downstream.crm.oauth2ClientId=i
                    downstream.crm.oauth2ClientSecret=s
                    """.replaceFirst(setting.replace(".", "\\.") + "=https://127.0.0.1", setting + "=https://" + host);
            assertThat(TestBridge.problems(catchThrowable(() -> new TestBridge(own, settings).close()))).singleElement().asString()
                    .startsWith(setting + ": ").contains("is link-local or a cloud's metadata service, and is not called");
        }
    }

    @Test
    void butForThoseThatASettingAllows(@TempDir Path own) throws Exception {
        try (TestBridge allowing = new TestBridge(own, """
                account.main.baseUrl=https://169.254.7.1
                account.main.apiKey=k
                downstream.crm.url=https://[fe80::7]/
                outgoing.allowedAddresses=169.254.7.0/24, fe80::7
                http.host=127.0.0.1
                """)) {
            assertThat(allowing.get("/openapi.json").statusCode()).isEqualTo(200);
        }
    }
}
