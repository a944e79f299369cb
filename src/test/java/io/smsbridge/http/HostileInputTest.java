package io.smsbridge.http;

import static io.smsbridge.TestBridge.JSON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import io.smsbridge.fuzz.RawHttp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers send to do harm: each is refused by name, or has no effect, and those who come beside it notice nothing. */
class HostileInputTest {

    private static final String TO = "\"to\": \"447700900321\"";

    @TempDir
    static Path home;
    static ScriptedInfobip infobip;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        infobip = new ScriptedInfobip();
        bridge = new TestBridge(home, """
                account.main.baseUrl=%s
                account.main.apiKey=s3cret-key
                http.requestTimeout=2s
                http.idleTimeout=2s
                http.maxConnections=60
                http.maxConnectionsPerSource=20
                """.formatted(infobip.url()));
    }

    @AfterAll
    static void stop() {
        bridge.close();
        infobip.close();
    }

    @BeforeEach
    void forget() {
        bridge.awaitIdle();
        infobip.acceptAll();
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("levels", "{" + TO + ", \"text\": \"Hi\", \"x\": " + "[".repeat(100) + "]".repeat(100) + "}", "32 levels deep"),
                Arguments.of("a long key", "{" + TO + ", \"text\": \"Hi\", \"" + "k".repeat(2_000) + "\": 1}", "a key 1000 characters long"),
                Arguments.of("a long number", "{" + TO + ", \"text\": \"Hi\", \"x\": " + "9".repeat(5_000) + "}", "a number 100 digits"),
                Arguments.of("a long text", "{" + TO + ", \"text\": \"" + "x".repeat(200_000) + "\"}", "a text 100000 characters"),
                Arguments.of("a key twice", "{" + TO + ", \"to\": \"447700900322\", \"text\": \"Hi\"}", "to: stands there twice with different values"),
                Arguments.of("NaN", "{" + TO + ", \"text\": NaN}", "line 1, column"),
                Arguments.of("a second value", "{" + TO + ", \"text\": \"Hi\"} {}", "line 1, column"),
                Arguments.of("garbage behind", "{" + TO + ", \"text\": \"Hi\"}; DROP TABLE message", "line 1, column"),
                Arguments.of("NUL", "{" + TO + ", \"text\": \"a\\u0000b\"}", "text: holds NUL"),
                Arguments.of("half a character", "{" + TO + ", \"text\": \"\\ud83d\"}", "text: holds half a character"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void whatCanNotBeTakenIsRefusedByName(String what, String body, String reason) throws Exception {
        HttpResponse<String> answer = bridge.post("/sms/send/main", body, "Content-Type", "application/json");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        JsonNode said = JSON.readTree(answer.body());
        assertThat(said.get("status").asText()).isEqualTo("error");
        assertThat(answer.body()).contains(reason).doesNotContain("com.fasterxml").doesNotContain("Exception");
        assertThat(infobip.calls()).isEmpty();
    }

    private static RawHttp.Answer raw(String head, byte[] body) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes((head + "\r\nHost: localhost\r\nConnection: close\r\nContent-Length: " + body.length + "\r\n\r\n").getBytes(UTF_8));
        request.writeBytes(body);
        try (RawHttp http = new RawHttp(bridge.port, "127.0.0.1")) {
            return http.call(request.toByteArray());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/sms/send%rs", "/sms/messages/100%", "/%", "/sms/send?text=100%&to=447700900321", "/sms/messages/x?a%zz=1"})
    void aUrlThatCanNotBeDecodedIsRefusedAndLeavesNoTraceInTheLog(String url) throws Exception {
        int logged = TestBridge.log().size();
        try (RawHttp http = new RawHttp(bridge.port, "127.0.0.1")) {
            RawHttp.Answer answer = http.call(("GET " + url + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(UTF_8));
            assertThat(answer.status()).as(answer.text()).isEqualTo(400);
            assertThat(JSON.readTree(answer.text()).get("status").asText()).isEqualTo("error");
        }
        assertThat(TestBridge.logSince(logged)).noneMatch(line -> line.contains(" ERROR "));
    }

    @Test
    void bytesThatAreNoTextOfTheirCharsetAreRefused() throws Exception {
        byte[] broken = ("{" + TO + ", \"text\": \"a?b\"}").getBytes(UTF_8);
        broken[broken.length - 4] = (byte) 0xff;
        RawHttp.Answer answer = raw("POST /sms/send/main HTTP/1.1\r\nContent-Type: application/json", broken);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.text()).startsWith("{\"status\":\"error\"");
        answer = raw("POST /sms/send/main HTTP/1.1\r\nContent-Type: application/json; charset=nonsense", ("{" + TO + ", \"text\": \"Hi\"}").getBytes(UTF_8));
        assertThat(answer.status()).as(answer.text()).isEqualTo(415);
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheText() throws Exception {
        RawHttp.Answer answer = raw("POST /sms/send/main HTTP/1.1\r\nContent-Type: application/json", ("\ufeff{" + TO + ", \"text\": \"marked\"}").getBytes(UTF_8));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        await().until(() -> infobip.calls().size() == 1);
        assertThat(infobip.calls().get(0).toString()).contains("marked");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{account.main.apiKey}}", "{{env:PATH}}", "${body}", "${header.CamelHttpUri}", "$simple{body}", "#{1+1}", "'; DROP TABLE message; --",
        "\" + $headers.sender + \"", "<!ENTITY x SYSTEM \"file:///etc/passwd\">", "../../../../etc/passwd", "${jndi:ldap://127.0.0.1:1/x}"})
    void whatWouldBeAProgramElsewhereIsText(String text) throws Exception {
        String id = TestBridge.newId() + text;
        ObjectNode request = JSON.createObjectNode().put("to", "447700900323").put("text", text).put("messageId", id)
                .put("sender", "Brand").put("campaignReferenceId", text).put("CamelHttpUri", "http://127.0.0.1:1/stolen").put("CamelFileName", text);
        HttpResponse<String> answer = bridge.post("/sms/send/main?CamelHttpUri=http://127.0.0.1:1/stolen&CamelFileName=" + URLEncoder.encode(text, UTF_8),
                request.toString(), "Content-Type", "application/json", "CamelHttpUri", "http://127.0.0.1:1/stolen", "CamelHttpPath", "/stolen", "CamelFileName", "stolen",
                "CamelBeanMethodName", "stolen", "CamelHttpMethod", "DELETE");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        await().until(() -> infobip.calls().size() == 1);
        JsonNode message = infobip.calls().get(0).at("/messages/0");
        assertThat(message.at("/content/text").asText()).isEqualTo(text);
        assertThat(message.at("/webhooks/callbackData").asText()).isEqualTo(id);
        assertThat(answer.body()).doesNotContain("s3cret-key");
        try (Connection ledger = bridge.ledger(); ResultSet row = ledger.createStatement().executeQuery("SELECT COUNT(*) FROM message")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getInt(1)).isPositive();
        }
        try (Stream<Path> files = Files.walk(home)) {
            assertThat(files.map(file -> file.getFileName().toString())).doesNotContain("stolen", "passwd");
        }
    }

    /** From an address that is not this machine's usual one, as limits by address do not count that. */
    private static Socket open(String source) throws IOException {
        Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), bridge.port, InetAddress.getByName(source), 0);
        socket.setSoTimeout(60_000);
        return socket;
    }

    private static boolean isClosed(Socket socket) throws IOException {
        try {
            InputStream in = socket.getInputStream();
            return in.read() < 0;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void aRequestThatDoesNotComeIsCutOff() throws Exception {
        try (Socket body = open("127.0.0.1"); Socket head = open("127.0.0.1"); Socket nothing = open("127.0.0.1")) {
            body.getOutputStream().write("POST /sms/send/main HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"to\"".getBytes(UTF_8));
            head.getOutputStream().write("GET /sms/send/main HTTP/1.1\r\nHost".getBytes(UTF_8));
            String answer = new String(body.getInputStream().readAllBytes(), UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 408 ").contains("\"status\":\"error\"");
            assertThat(isClosed(head)).isTrue();
            assertThat(isClosed(nothing)).isTrue();
        }
        assertThat(bridge.manage("GET", "/observe/metrics", "").body()).contains("smsbridge_connections_closed_total{reason=\"slow\"}");
    }

    @Test
    void aConnectionWithoutRequestsIsClosedAndOneAtWorkIsNot() throws Exception {
        infobip.answers(com.github.tomakehurst.wiremock.client.WireMock.aResponse().withFixedDelay(100).withStatus(500));
        try (Socket idle = open("127.0.0.1")) {
            idle.getOutputStream().write("GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
            byte[] all = idle.getInputStream().readAllBytes();
            assertThat(new String(all, UTF_8)).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void whoOpensMoreConnectionsThanThereAreGetsNoMoreAndEveryoneGetsOneAfterwards() throws Exception {
        List<Socket> held = new ArrayList<>();
        try {
            for (int i = 0; i < 70; i++) {
                held.add(open("127.0.0.1"));
            }
            assertThat(isClosed(held.get(69))).isTrue();
        } finally {
            for (Socket socket : held) {
                socket.close();
            }
        }
        await().ignoreExceptions().until(() -> bridge.post("/sms/send/main", "{" + TO + ", \"text\": \"Hi\"}").statusCode() == 200);
    }
}
