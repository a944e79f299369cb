package io.smsbridge.http;

import static io.smsbridge.TestBridge.JSON;
import static io.smsbridge.TestBridge.newId;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.Deflater;
import java.util.zip.DeflaterInputStream;
import java.util.zip.GZIPOutputStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server itself makes of a request, before any route sees it: charsets, compressed bodies, limits, and how it refuses. */
class HttpServerTest {

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final String JSON_TYPE = "application/json";
    private static final String FORM_TYPE = "application/x-www-form-urlencoded";

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
                account.main.baseUrl=%s
                account.main.apiKey=k
                sms.default-account=main
                http.maxBodySize=1000000
                downstream.log.url=%s/log
                downstream.log.format=log
                """.formatted(infobip.url(), downstream.url()), "log.jslt", ".", "message-history.jslt", "// infobip-sms-bridge routes 2\nsize(7)");
    }

    @AfterAll
    static void stop() {
        bridge.close();
        infobip.close();
        downstream.close();
    }

    @BeforeEach
    void forget() {
        bridge.awaitIdle();
        infobip.acceptAll();
        downstream.takeAll();
    }

    private static HttpResponse<String> post(String path, byte[] body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + bridge.port + path))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** As Java's own client does by default, and curl with --http2. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {JSON_TYPE + " | {\"to\": \"447700900123\", \"text\": \"Hi\"}", FORM_TYPE + " | to=447700900123&text=Hi"})
    void aCallerThatAsksForHttp2IsServedAsAnyOther(String type, String body) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://localhost:" + bridge.port + "/sms/send"))
                .header("Content-Type", type).POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        String id = JSON.readTree(answer.body()).at("/messages/0/messageId").asText();
        await().untilAsserted(() -> assertThat(infobip.messageIds()).contains(id));
    }

    /** The answer to what is written to the server as it stands. */
    private static HttpResponseText raw(byte[]... parts) throws Exception {
        try (Socket socket = new Socket("localhost", bridge.port)) {
            socket.setSoTimeout(60_000);
            OutputStream out = socket.getOutputStream();
            for (byte[] part : parts) {
                out.write(part);
            }
            out.flush();
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            InputStream in = socket.getInputStream();
            for (int b; !isWhole(read) && (b = in.read()) >= 0;) {
                read.write(b);
            }
            return new HttpResponseText(read.toString(UTF_8));
        }
    }

    private static boolean isWhole(ByteArrayOutputStream read) {
        String text = read.toString(ISO_8859_1);
        int head = text.indexOf("\r\n\r\n");
        return head >= 0 && text.length() - head - 4 >= length(text);
    }

    private static int length(String text) {
        return text.lines().filter(line -> line.toLowerCase().startsWith("content-length:"))
                .map(line -> Integer.parseInt(line.substring(15).strip())).findFirst().orElse(0);
    }

    private record HttpResponseText(String text) {
        int status() {
            return Integer.parseInt(text.substring(9, 12));
        }

        String body() {
            return text.substring(text.indexOf("\r\n\r\n") + 4);
        }
    }

    private static String refused(int status, HttpResponse<String> response) throws Exception {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        return refused(response.body());
    }

    private static String refused(int status, HttpResponseText response) throws Exception {
        assertThat(response.text()).containsPattern("\\AHTTP/1\\.[01] " + status).containsIgnoringCase("content-type: application/json");
        return refused(response.body());
    }

    private static String refused(String body) throws Exception {
        JsonNode answer = JSON.readTree(body);
        assertThat(answer.fieldNames()).toIterable().containsExactly("status", "error");
        assertThat(answer.get("status").asText()).isEqualTo("error");
        return answer.get("error").asText();
    }

    private static String onlyText() {
        await().until(() -> infobip.messageIds().size() == 1);
        return infobip.calls().get(0).at("/messages/0/content/text").asText();
    }

    private static String send(String text) {
        return JSON.createObjectNode().put("to", "447700900123").put("text", text).toString();
    }

    private static String reply(String id, String text) {
        ObjectNode body = JSON.createObjectNode();
        body.putArray("results").addObject().put("messageId", id).put("from", "447700900123").put("to", "447860000000").put("text", text);
        return body.toString();
    }

    private static JsonNode told(String messageId) {
        return await().until(() -> downstream.items("/log").stream().filter(event -> event.get("messageId").asText().equals(messageId))
                .findFirst().orElse(null), event -> event != null);
    }

    // Charsets

    @ParameterizedTest
    @ValueSource(strings = {"text=caf\u00e9+%26+\u00fc", "text=caf%E9%20%26%20%fc"})
    void aFormIsReadInTheCharsetItNames(String text) throws Exception {
        assertThat(post("/sms/send", ("to=447700900123&" + text).getBytes(ISO_8859_1),
                "Content-Type", FORM_TYPE + "; charset=ISO-8859-1").statusCode()).isEqualTo(200);
        assertThat(onlyText()).isEqualTo("caf\u00e9 & \u00fc");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ISO-8859-1", "iso-8859-1", "\"latin1\"", "windows-1252", "UTF-16", "utf-16le", "utf8", "\"UTF-8\""})
    void jsonIsReadInTheCharsetItNames(String charset) throws Exception {
        byte[] body = send("caf\u00e9 \u00fc").getBytes(Charset.forName(charset.replace("\"", "")));
        HttpResponse<String> answer = post("/sms/send", body, "Content-Type", JSON_TYPE + ";charset=" + charset);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(onlyText()).isEqualTo("caf\u00e9 \u00fc");
    }

    @Test
    void aWebhookIsReadInTheCharsetItNames() throws Exception {
        String id = newId();
        assertThat(post("/infobip/inbound-messages/main", reply(id, "d\u00e9j\u00e0 vu").getBytes(ISO_8859_1),
                "Content-Type", JSON_TYPE + "; charset=iso-8859-1").statusCode()).isEqualTo(200);
        assertThat(told(id).get("text").asText()).isEqualTo("d\u00e9j\u00e0 vu");
    }

    @ParameterizedTest
    @CsvSource({"/sms/send, application/json", "/sms/send, application/x-www-form-urlencoded", "/infobip/inbound-messages/main, application/json",
        "/infobip/clicks, application/json"})
    void aCharsetNobodyKnowsIsRefusedByName(String path, String type) throws Exception {
        assertThat(refused(415, post(path, send("Hi").getBytes(UTF_8), "Content-Type", type + "; charset=klingon")))
                .isEqualTo("charset=klingon in the Content-Type is not known; send UTF-8");
        assertThat(infobip.calls()).isEmpty();
    }

    @Test
    void whatIsNotInItsCharsetIsRefusedAndNotSentWithHolesInIt() throws Exception {
        assertThat(refused(400, post("/sms/send", "to=447700900123&text=caf%E9".getBytes(UTF_8), "Content-Type", FORM_TYPE)))
                .isEqualTo("the form can't be read: text is not in UTF-8; send UTF-8, or, of a form, name the charset in its Content-Type");
        assertThat(refused(400, bridge.get("/sms/send?to=447700900123&text=caf%E9"))).startsWith("the query string can't be read: text is not in UTF-8");
        assertThat(refused(400, raw("GET /sms/send?to=447700900123&text=100%25% HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8)))).startsWith("the query string can't be read: ");
        assertThat(refused(400, post("/sms/send", new byte[] {'{', '"', (byte) 0xe9}, "Content-Type", JSON_TYPE))).startsWith("the body is not JSON");
        assertThat(refused(400, post("/sms/send", new byte[] {0, (byte) 0xd8}, "Content-Type", JSON_TYPE + ";charset=UTF-16LE")))
                .isEqualTo("the body is not in UTF-16LE, which its Content-Type names");
        assertThat(refused(400, post("/sms/send", new byte[] {0, 0, 0, '{', 1, 2, 3, 4}, "Content-Type", JSON_TYPE))).startsWith("the body is not JSON");
        assertThat(infobip.calls()).isEmpty();
    }

    // Limits

    @Test
    void aGetCanCarryTheLongestMessage() throws Exception {
        String text = "\u0939".repeat(255 * 67);
        HttpResponse<String> answer = bridge.get("/sms/send?to=447700900123&mid=" + newId() + URLEncoder.encode("\u0928".repeat(3900), UTF_8)
                + "&text=" + URLEncoder.encode(text, UTF_8));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(onlyText()).isEqualTo(text);
    }

    @Test
    void aFormsFieldCanBeAsLongAsTheBody() throws Exception {
        String text = "\u0939\u093f\u0928\u094d\u0926\u0940 ".repeat(2000);
        assertThat(post("/sms/send", ("to=447700900123&text=" + URLEncoder.encode(text, UTF_8)).getBytes(UTF_8), "Content-Type", FORM_TYPE)
                .statusCode()).isEqualTo(200);
        assertThat(onlyText()).isEqualTo(text);
    }

    @Test
    void aSemicolonEndsNoText() throws Exception {
        assertThat(bridge.get("/sms/send?to=447700900123&text=one;two").statusCode()).isEqualTo(200);
        assertThat(onlyText()).isEqualTo("one;two");
    }

    /** As curl writes a URL that its user has not encoded. */
    @Test
    void aQueryStringInPlainUtf8IsRead() throws Exception {
        assertThat(raw("GET /sms/send?to=447700900123&text=caf\u00e9 HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8)).status()).isEqualTo(200);
        assertThat(onlyText()).isEqualTo("caf\u00e9");
    }

    @Test
    void whatIsTooLongIsRefusedInTheDocumentedForm() throws Exception {
        byte[] host = " HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8);
        assertThat(refused(414, raw(("GET /sms/send?text=" + "x".repeat(300_000)).getBytes(UTF_8), host)))
                .isEqualTo("the request line is longer than 262144 bytes; send the message with POST");
        assertThat(refused(431, raw("GET /sms/send HTTP/1.1\r\nHost: x\r\nX-Long: ".getBytes(UTF_8), "x".repeat(100_000).getBytes(UTF_8), host)))
                .isEqualTo("the request's headers are longer than 65536 bytes together");
        assertThat(refused(413, post("/sms/send", new byte[1_000_001]))).isEqualTo("the body is larger than http.maxBodySize, 1000000 bytes");
        HttpRequest unknownLength = HttpRequest.newBuilder(URI.create("http://localhost:" + bridge.port + "/infobip/clicks"))
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[1_000_001]))).build();
        assertThat(refused(413, HTTP.send(unknownLength, HttpResponse.BodyHandlers.ofString()))).startsWith("the body is larger than");
    }

    @Test
    void whatTheServerRefusesHasTheDocumentedForm() throws Exception {
        assertThat(refused(404, bridge.get("/nothing/here"))).startsWith("nothing is served at this path");
        assertThat(refused(405, bridge.get("/infobip/clicks"))).startsWith("this path does not take GET");
        assertThat(refused(405, post("/openapi.json", new byte[0]))).startsWith("this path does not take POST");
        assertThat(refused(400, raw("GARBAGE\r\n\r\n".getBytes(UTF_8)))).startsWith("the request can't be read as HTTP");
        assertThat(refused(400, raw("GET /sms/send HTTP/1.1\r\n\r\n".getBytes(UTF_8)))).startsWith("the request can't be read as HTTP");
        assertThat(refused(400, raw("GET /sms/%zz HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8)))).isNotBlank();
        assertThat(refused(417, raw("POST /sms/send HTTP/1.1\r\nHost: x\r\nExpect: wonders\r\nContent-Length: 0\r\n\r\n".getBytes(UTF_8))))
                .startsWith("Expect: wonders is not known");
    }

    /** A map that its team has broken, here the one for a message's history, is one example of what no route foresaw. */
    @Test
    void soHasWhatFailsInARoute() throws Exception {
        String id = bridge.send("main", "{\"to\": \"447700900123\", \"text\": \"Hi\"}").at("/messages/0/messageId").asText();
        assertThat(refused(500, bridge.get("/sms/messages/" + id))).isEqualTo("the bridge could not handle the request; its log says why");
    }

    // Compressed bodies

    private static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    private static byte[] packed(String coding, byte[] plain) throws IOException {
        return switch (coding) {
            case "gzip", "x-gzip", "GZIP" -> gzip(plain);
            case "deflate" -> new DeflaterInputStream(new ByteArrayInputStream(plain)).readAllBytes();
            case "raw deflate" -> new DeflaterInputStream(new ByteArrayInputStream(plain), new Deflater(9, true)).readAllBytes();
            default -> plain;
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "x-gzip", "GZIP", "deflate", "raw deflate", "identity"})
    void aCompressedBodyIsRead(String coding) throws Exception {
        String header = coding.replace("raw ", "");
        assertThat(post("/sms/send", packed(coding, send("caf\u00e9 " + coding).getBytes(UTF_8)), "Content-Encoding", header).statusCode()).isEqualTo(200);
        assertThat(onlyText()).isEqualTo("caf\u00e9 " + coding);
        String id = newId();
        assertThat(post("/infobip/inbound-messages/main", packed(coding, reply(id, "oui \u00e9").getBytes(UTF_8)), "Content-Encoding", header).statusCode()).isEqualTo(200);
        assertThat(told(id).get("text").asText()).isEqualTo("oui \u00e9");
    }

    @Test
    void aCompressedFormInACharsetOfItsOwnIsRead() throws Exception {
        assertThat(post("/sms/send", gzip("to=447700900123&text=caf\u00e9".getBytes(ISO_8859_1)), "Content-Encoding", "gzip",
                "Content-Type", FORM_TYPE + ";charset=latin1").statusCode()).isEqualTo(200);
        assertThat(onlyText()).isEqualTo("caf\u00e9");
    }

    @ParameterizedTest
    @CsvSource({"/sms/send, br", "/infobip/delivery-reports/main, br", "/infobip/clicks, 'gzip, gzip'", "/sms/send, zstd"})
    void anEncodingNobodyKnowsIsRefusedByName(String path, String coding) throws Exception {
        assertThat(refused(415, post(path, send("Hi").getBytes(UTF_8), "Content-Encoding", coding)))
                .isEqualTo("Content-Encoding: " + coding + " is not known; send gzip, deflate, or none");
        assertThat(infobip.calls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/sms/send", "/infobip/inbound-messages/main"})
    void aBodyThatIsNotWhatItsEncodingSaysIsRefused(String path) throws Exception {
        byte[] whole = gzip(send("Hi").getBytes(UTF_8));
        for (byte[] body : new byte[][] {send("Hi").getBytes(UTF_8), Arrays.copyOf(whole, whole.length - 9), {}}) {
            assertThat(refused(400, post(path, body, "Content-Encoding", "gzip"))).startsWith("the body can't be read as Content-Encoding: gzip");
        }
        assertThat(infobip.calls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate"})
    void theLimitHoldsForTheBodyAsItIsUncompressed(String coding) throws Exception {
        byte[] bomb = packed(coding, new byte[200_000_000]);
        assertThat(bomb.length).isLessThan(1_000_000);
        assertThat(refused(413, post("/infobip/delivery-reports/main", bomb, "Content-Encoding", coding)))
                .isEqualTo("the body, uncompressed, is larger than http.maxBodySize, 1000000 bytes");
    }

    @Test
    void aLargeCompressedWebhookIsReadWhole() throws Exception {
        String id = newId();
        String text = "\u0939".repeat(300_000);
        assertThat(post("/infobip/inbound-messages/main", gzip(reply(id, text).getBytes(UTF_8)), "Content-Encoding", "gzip").statusCode()).isEqualTo(200);
        assertThat(told(id).get("text").asText()).isEqualTo(text);
    }
}
