package io.smsbridge.outgoing;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import io.smsbridge.ScriptedDownstream;
import io.smsbridge.TestBridge;
import io.smsbridge.TestCertificates;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Downstreams over TLS, which asks for the bridge's certificate: whom the bridge trusts, and as whom it shows itself. */
class OutgoingTlsTest {

    /** Ids of Infobip's status groups: one downstream is told of failures alone, and all others of deliveries. */
    private static final int DELIVERED = 3;
    private static final int FAILED = 2;

    @TempDir
    static Path home;
    @TempDir
    static Path files;
    static ScriptedDownstream tls;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        TestCertificates.make(files, "server", "localhost");
        TestCertificates.make(files, "client", "bridge.example.com");
        TestCertificates.make(files, "other", "other.example.com");
        Files.copy(files.resolve("other.pem"), files.resolve("renewed.pem"));
        tls = new ScriptedDownstream(ScriptedDownstream.server().dynamicHttpsPort().keystorePath(files.resolve("server.p12").toString())
                .keystoreType("PKCS12").keystorePassword(TestCertificates.PASSWORD).keyManagerPassword(TestCertificates.PASSWORD).needClientAuth(true)
                .trustStorePath(TestCertificates.trusting(files, "client").toString()).trustStoreType("PKCS12").trustStorePassword(TestCertificates.PASSWORD));
        String never = """
                downstream.NAME.events=delivered
                downstream.NAME.retryMaxAge=0s
                downstream.NAME.downAfter=0
                """;
        String certificate = """
                downstream.NAME.keyStore=%s/client.p12
                downstream.NAME.keyStorePassword=%s
                """.formatted(files, TestCertificates.PASSWORD);
        bridge = new TestBridge(home, """
                account.main.baseUrl=http://localhost:1
                account.main.apiKey=k
                sms.default-account=main
                downstream.known.url=https://localhost:%1$d/known
                downstream.known.trustStore=%2$s/server.pem
                downstream.nocert.url=https://localhost:%1$d/nocert
                downstream.nocert.trustStore=%2$s/server.p12
                downstream.nocert.trustStorePassword=%3$s
                downstream.unknown.url=https://localhost:%1$d/unknown
                downstream.othername.url=https://127.0.0.1:%1$d/othername
                downstream.othername.trustStore=%2$s/server.pem
                downstream.renewed.url=https://localhost:%1$d/renewed
                downstream.renewed.trustStore=%2$s/renewed.pem
                downstream.renewed.events=failed
                downstream.renewed.retryDelay=100ms
                downstream.renewed.retryMaxDelay=200ms
                downstream.renewed.downAfter=0
                """.formatted(tls.server.httpsPort(), files, TestCertificates.PASSWORD)
                + (never + certificate).replace("NAME", "known") + never.replace("NAME", "nocert") + (never + certificate).replace("NAME", "unknown")
                + (never + certificate).replace("NAME", "othername") + certificate.replace("NAME", "renewed"));
    }

    @AfterAll
    static void stop() {
        bridge.close();
        tls.close();
    }

    @BeforeEach
    void forget() {
        bridge.awaitIdle();
        tls.takeAll();
    }

    @Test
    void aDownstreamAsksForTheBridgesCertificate() throws Exception {
        String id = TestBridge.newId();
        bridge.report(DELIVERED, id);
        await().until(() -> tls.posts("/known").stream().anyMatch(post -> post.getBodyAsString().contains(id)));
        bridge.takeLetter("events.nocert");
        assertThat(tls.posts("/nocert")).isEmpty();
    }

    @Test
    void certificateAndHostNameAreVerified() throws Exception {
        bridge.report(DELIVERED, TestBridge.newId());
        assertThat(bridge.takeLetter("events.unknown").get("reason").asText()).contains("SSLHandshakeException").contains("unable to find valid certification path");
        assertThat(bridge.takeLetter("events.othername").get("reason").asText()).contains("SSLHandshakeException").contains("No subject alternative names matching IP address 127.0.0.1");
        assertThat(tls.posts("/unknown")).isEmpty();
        assertThat(tls.posts("/othername")).isEmpty();
    }

    @Test
    void aRenewedFileNeedsNoRestart() throws Exception {
        String id = TestBridge.newId();
        int logged = TestBridge.log().size();
        bridge.report(FAILED, id);
        await().until(() -> TestBridge.logSince(logged).stream().anyMatch(line -> line.contains("downstream renewed: failure")));
        Files.copy(files.resolve("server.pem"), files.resolve("renewed.pem"), StandardCopyOption.REPLACE_EXISTING);
        await().until(() -> tls.posts("/renewed").stream().anyMatch(post -> post.getBodyAsString().contains(id)));
    }

    /** Camel has a component for http, and another for https: what application.properties says of the HTTP client has to hold for both. */
    @Test
    void overHttpsTooTheHttpClientRepeatsNothingByItself() throws Exception {
        tls.answers("/known", aResponse().withStatus(503).withHeader("Retry-After", "0"), aResponse().withStatus(503));
        String id = TestBridge.newId();
        bridge.report(DELIVERED, id);
        assertThat(bridge.takeLetter("events.known").get("reason").asText()).startsWith("HTTP 503");
        assertThat(tls.posts("/known").stream().filter(post -> post.getBodyAsString().contains(id))).hasSize(1);
    }
}
