package io.smsbridge.observe;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A caller's trace goes on through the queues, a retry included, to Infobip and the downstream, and its spans to a collector. */
class TracingTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    @TempDir
    static Path home;

    private static ScriptedInfobip infobip;
    private static ScriptedDownstream downstream;
    private static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        infobip = new ScriptedInfobip();
        downstream = new ScriptedDownstream();
        bridge = new TestBridge(home, """
                account.main.baseUrl=%1$s
                account.main.apiKey=s3cret
                account.main.retryDelay=50ms
                sms.default-account=main
                webhooks.token=t0ken
                downstream.crm.url=%2$s/crm
                downstream.crm.events=sent,delivered
                tracing.url=%2$s/v1/traces
                """.formatted(infobip.url(), downstream.url()));
    }

    @AfterAll
    static void stop() {
        bridge.close();
        infobip.close();
        downstream.close();
    }

    @Test
    void oneTraceFromTheCallerToInfobipAndTheDownstream() throws Exception {
        infobip.answers(aResponse().withStatus(503));
        bridge.post("/sms/send/main", "{\"to\": \"447700900123\", \"text\": \"Hello\"}", "traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01");
        bridge.post("/infobip/delivery-reports/main/t0ken", "{\"results\": []}");
        await().until(() -> downstream.posts("/crm").size() == 1);
        List<LoggedRequest> calls = infobip.server.findAll(postRequestedFor(urlEqualTo(ScriptedInfobip.PATH)));
        assertThat(calls).hasSize(2).allSatisfy(call -> assertThat(call.getHeader("traceparent")).startsWith("00-" + TRACE + "-"));
        assertThat(downstream.posts("/crm").get(0).getHeader("traceparent")).startsWith("00-" + TRACE + "-");
        // OTLP is protobuf: a trace's id stands in it as its 16 bytes, text as text.
        await().untilAsserted(() -> {
            String spans = spans();
            assertThat(spans).contains(bytes(TRACE), "sends.main", "events.crm", "sms/send", "infobip/delivery-reports");
            assertThat(spans).doesNotContain("447700900123", "t0ken", "s3cret");
        });
    }

    private static String spans() throws Exception {
        StringBuilder all = new StringBuilder();
        for (LoggedRequest post : downstream.posts("/v1/traces")) {
            byte[] body = post.getBody();
            boolean zipped = body.length > 2 && body[0] == 0x1f && body[1] == (byte) 0x8b;
            all.append(new String(zipped ? new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes() : body, StandardCharsets.ISO_8859_1));
        }
        return all.toString();
    }

    private static String bytes(String hex) {
        ByteBuffer bytes = ByteBuffer.allocate(16).putLong(Long.parseUnsignedLong(hex.substring(0, 16), 16)).putLong(Long.parseUnsignedLong(hex.substring(16), 16));
        return new String(bytes.array(), StandardCharsets.ISO_8859_1);
    }
}
