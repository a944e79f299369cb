package io.smsbridge.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;

import javax.net.ssl.SSLSocket;

import io.smsbridge.FreePort;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import io.smsbridge.TestCertificates;
import io.smsbridge.TestTls;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS of both ports, with real certificates. What is wrong with their files: TlsFilesTest. */
class TlsTest {

    @TempDir
    static Path home;
    static ScriptedInfobip infobip;
    static ScriptedDownstream downstream;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        for (String name : List.of("server", "renewed", "infobip", "other", "stranger")) {
            TestCertificates.make(home, name, "localhost");
        }
        Files.copy(home.resolve("server.pem"), home.resolve("http.pem"));
        Files.writeString(home.resolve("http.key"), TestTls.keyPem(home, "server"));
        Files.copy(home.resolve("server.p12"), home.resolve("manage.p12"));
        Files.writeString(home.resolve("clients.crt"), Files.readString(home.resolve("infobip.pem")) + Files.readString(home.resolve("other.pem"))
                + Files.readString(home.resolve("server.pem")));
        infobip = new ScriptedInfobip();
        downstream = new ScriptedDownstream();
        bridge = new TestBridge(home, """
                http.tlsCertificate=http.pem
                http.tlsKey=http.key
                http.tlsClientCas=clients.crt
                management.port=%1$d
                management.tlsCertificate=manage.p12
                management.tlsPassword=%2$s
                webhooks.token=none
                account.main.baseUrl=%3$s
                account.main.apiKey=k
                account.mutual.baseUrl=%3$s
                account.mutual.apiKey=k
                account.mutual.webhookClientCertificate=infobip, nobody
                account.any.baseUrl=%3$s
                account.any.apiKey=k
                account.any.webhookClientCertificate=any
                account.sandbox.baseUrl=https://localhost:{{http.port}}/sandbox/infobip
                account.sandbox.apiKey={{sandbox.apiKey}}
                account.sandbox.publicUrl=https://localhost:{{http.port}}
                account.sandbox.webhookClientCertificate=server
                account.sandbox.clickTracking=default-domain
                sandbox.firstSms=false
                sms.default-account=main
                downstream.events.url=%4$s/events
                downstream.events.format=events
                downstream.events.events=delivered,replied,clicked
                """.formatted(FreePort.find(), TestCertificates.PASSWORD, infobip.url(), downstream.url()), "events.jslt", "// with raw\n.");
    }

    @AfterAll
    static void stop() {
        bridge.close();
        infobip.close();
        downstream.close();
    }

    private static int webhook(String account, String id, HttpClient client) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create("https://localhost:" + bridge.port + "/infobip/delivery-reports/" + account))
                .POST(HttpRequest.BodyPublishers.ofString("{\"results\": [{\"messageId\": \"" + id + "\", \"to\": \"447700900123\", \"status\": {\"groupId\": 3, \"id\": 5}}]}")).build(),
                HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    private static int stored(String id) throws Exception {
        try (Connection connection = bridge.ledger(); Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM message WHERE id = '" + id + "'")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static double refused() throws Exception {
        return bridge.manage("GET", "/observe/metrics", "").body().lines().filter(line -> line.startsWith("smsbridge_doors_refused_total{") && line.contains("reason=\"certificate\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf('}') + 1))).sum();
    }

    @Test
    void bothPortsSpeakTlsAndNothingElse() throws Exception {
        assertThat(bridge.post("/sms/send", "{\"to\": \"447700900123\", \"text\": \"Hi\"}").statusCode()).isEqualTo(200);
        assertThat(bridge.manage("GET", "/observe/health", "").statusCode()).isEqualTo(200);
        for (int port : List.of(bridge.port, bridge.managementPort)) {
            assertThatThrownBy(() -> HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/openapi.json")).build(),
                    HttpResponse.BodyHandlers.ofString())).isInstanceOf(IOException.class);
        }
    }

    @Test
    void theConsolesCookieIsForTlsOnly() throws Exception {
        HttpResponse<String> login = bridge.manage("POST", "/hawtio/auth/login", "{\"username\": \"admin\", \"password\": \"" + TestBridge.CONSOLE_PASSWORD + "\"}",
                "Content-Type", "application/json");
        assertThat(login.statusCode()).isEqualTo(200);
        assertThat(login.headers().firstValue("Set-Cookie").orElseThrow()).contains("; Secure");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void speaks(String version) throws Exception {
        for (int port : List.of(bridge.port, bridge.managementPort)) {
            try (SSLSocket socket = TestTls.connect(home, port, version)) {
                assertThat(socket.getSession().getProtocol()).isEqualTo(version);
            }
        }
    }

    @Test
    void refusesWhatIsOlder() throws Exception {
        int protocolVersion = 70;
        for (int port : List.of(bridge.port, bridge.managementPort)) {
            assertThat(TestTls.answerToHello(port, 3)).containsExactly(22, 0);
            assertThat(TestTls.answerToHello(port, 2)).containsExactly(21, protocolVersion);
            assertThat(TestTls.answerToHello(port, 1)).containsExactly(21, protocolVersion);
        }
    }

    @Test
    void theSandboxWorksWithIt() throws Exception {
        downstream.takeAll();
        bridge.send("sandbox", "{\"to\": \"447700909014\", \"text\": \"See https://example.com/a\"}");
        await().until(() -> downstream.items("/events").stream().map(event -> event.get("type").asText()).toList().containsAll(List.of("delivered", "replied", "clicked")));
    }

    @Test
    void webhooksNeedACertificateOfTheNameStated() throws Exception {
        double before = refused();
        assertThat(webhook("mutual", "mutual-1", TestTls.client(home, "infobip"))).isEqualTo(200);
        assertThat(stored("mutual-1")).isEqualTo(1);
        assertThat(webhook("mutual", "mutual-2", TestTls.client(home, "other"))).isEqualTo(403);
        assertThat(webhook("mutual", "mutual-2", TestTls.client(home, null))).isEqualTo(403);
        assertThat(webhook("any", "mutual-3", TestTls.client(home, "other"))).isEqualTo(200);
        assertThat(webhook("any", "mutual-2", TestTls.client(home, null))).isEqualTo(403);
        assertThat(webhook("main", "mutual-4", TestTls.client(home, null))).isEqualTo(200);
        // Its handshake fails: nobody has vouched for it.
        assertThatThrownBy(() -> webhook("any", "mutual-2", TestTls.client(home, "stranger"))).isInstanceOf(IOException.class);
        assertThat(stored("mutual-2")).isZero();
        assertThat(refused()).isEqualTo(before + 3);
    }

    @Test
    void aRenewedCertificateCountsForNewConnections() throws Exception {
        try (SSLSocket open = TestTls.connect(home, bridge.port); SSLSocket openToo = TestTls.connect(home, bridge.managementPort)) {
            assertThat(TestTls.get(open, "/openapi.json")).contains("200");
            int lines = TestBridge.log().size();
            // One file after the other, as renewal does it: meanwhile they are no pair.
            Files.copy(home.resolve("renewed.pem"), home.resolve("http.pem"), StandardCopyOption.REPLACE_EXISTING);
            Files.copy(home.resolve("renewed.p12"), home.resolve("manage.p12"), StandardCopyOption.REPLACE_EXISTING);
            await().until(() -> TestBridge.logSince(lines).stream().anyMatch(line -> line.contains("http.tlsKey: is not the key of the certificate in")));
            // A handshake that the change meets is ended.
            await().ignoreExceptionsInstanceOf(UncheckedIOException.class).until(() -> TestTls.shown(home, bridge.managementPort).equals("CN=renewed"));
            assertThat(TestTls.shown(home, bridge.port)).isEqualTo("CN=server");

            Files.writeString(home.resolve("http.key"), TestTls.keyPem(home, "renewed"));
            await().ignoreExceptionsInstanceOf(UncheckedIOException.class).until(() -> TestTls.shown(home, bridge.port).equals("CN=renewed"));
            assertThat(TestTls.get(open, "/openapi.json")).contains("200");
            assertThat(TestTls.get(openToo, "/observe/health/live")).contains("200");
        }
        // The process calls itself, and knows its new certificate; clients are still asked for theirs.
        assertThat(webhook("mutual", "renewed-1", TestTls.client(home, "infobip"))).isEqualTo(200);
        assertThat(webhook("mutual", "renewed-2", TestTls.client(home, null))).isEqualTo(403);
        theSandboxWorksWithIt();
    }
}
