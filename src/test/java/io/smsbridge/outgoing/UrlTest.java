package io.smsbridge.outgoing;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A URL of the settings is called as it is written, and no field of a message changes it. */
class UrlTest {

    /** Escapes that another writer would write otherwise, an order that is not the alphabet's, names that are options of Camel's HTTP endpoint. */
    private static final List<String> TARGETS = List.of(
            "/hook?sig=x%2Bb%2Fc%3D%3D&account=7&Account=8",
            "/a%2Fb//c/?b=2&a=1&a=0&empty=&flag",
            "/hook?httpMethod=GET&connectTimeout=1&okStatusCodeRange=500&skipRequestHeaders=true",
            "/%E0%A4%B9/%7Bid%7D;v=1?q=%22a+b%22&r=a%20b&s=%26%3D%23&raw=RAW(x)",
            "/?x",
            "/");

    @TempDir
    Path home;

    @Test
    void aDownstreamIsCalledByteForByte() throws Exception {
        try (ScriptedDownstream downstream = new ScriptedDownstream()) {
            StringBuilder settings = new StringBuilder("account.main.baseUrl=http://localhost:1\naccount.main.apiKey=k\nsms.default-account=main\n");
            for (int i = 0; i < TARGETS.size(); i++) {
                settings.append("downstream.d%d.url=%s%s%n".formatted(i, downstream.url().replace("http", i == 0 ? "HTTP" : "http"), TARGETS.get(i)));
            }
            settings.append("downstream.bare.url=%s?sig=%%2B%n".formatted(downstream.url()));
            try (TestBridge bridge = new TestBridge(home, settings.toString())) {
                bridge.post("/infobip/delivery-reports/main?httpUri=http%3A%2F%2Flocalhost%3A1%2F", """
                        {"results": [{"messageId": "m1", "to": "447700900123", "status": {"groupId": 3}, "url": "http://localhost:1/"}]}""",
                        "CamelHttpUri", "http://localhost:1/", "CamelHttpQuery", "a=b", "CamelHttpPath", "/elsewhere",
                        "CamelHttpRawQuery", "a=b", "CamelRestHttpUri", "http://localhost:1/");
                await().atMost(30, TimeUnit.SECONDS).until(() -> downstream.server.getAllServeEvents().size() == TARGETS.size() + 1);
            }
            assertThat(downstream.server.getAllServeEvents()).extracting(ServeEvent::getRequest)
                    .allSatisfy(request -> assertThat(request.getMethod().getName()).isEqualTo("POST"))
                    .extracting(request -> request.getUrl())
                    .containsExactlyInAnyOrder(TARGETS.get(0), TARGETS.get(1), TARGETS.get(2), TARGETS.get(3), TARGETS.get(4), TARGETS.get(5), "/?sig=%2B");
        }
    }

    @Test
    void aBaseUrlEndsWithOrWithoutASlash() throws Exception {
        try (ScriptedInfobip infobip = new ScriptedInfobip()) {
            infobip.server.stubFor(any(anyUrl()).atPriority(20).willReturn(aResponse().withStatus(200).withBody("{\"results\": []}")));
            String port = String.valueOf(infobip.server.port());
            try (TestBridge bridge = new TestBridge(home, """
                    account.slash.baseUrl=HTTP://localhost:%1$s/
                    account.slash.apiKey=k
                    account.slash.publicUrl=https://sms.example.com/bridge//
                    account.path.baseUrl=http://localhost:%1$s/behind/a-proxy/
                    account.path.apiKey=k
                    account.path.retryMaxAge=0s
                    account.path.pullInterval=1s
                    sms.default-account=slash
                    """.formatted(port))) {
                bridge.send("slash", "{\"to\": \"447700900123\", \"text\": \"A\"}");
                await().until(() -> infobip.calls().size() == 1);
                assertThat(infobip.calls().get(0).at("/messages/0/webhooks/delivery/url").asText())
                        .isEqualTo("https://sms.example.com/bridge/infobip/delivery-reports/slash");
                bridge.send("path", "{\"to\": \"447700900123\", \"text\": \"A\"}");
                await().atMost(30, TimeUnit.SECONDS).untilAsserted(() ->
                        assertThat(infobip.server.getAllServeEvents()).extracting(event -> event.getRequest().getUrl()).contains(
                                "/sms/3/messages", "/behind/a-proxy/sms/3/messages", "/behind/a-proxy/sms/3/reports?limit=1000",
                                "/behind/a-proxy/sms/1/inbox/reports?limit=1000").noneMatch(url -> url.contains("//")));
            }
        }
    }

    /** Infobip calls the URL as it was given. */
    @Test
    void theUrlGivenToInfobipIsOneThatTheBridgeAnswers() throws Exception {
        String token = "aZ09.b_c~d-e";
        try (ScriptedInfobip infobip = new ScriptedInfobip(); TestBridge bridge = new TestBridge(home, """
                account.main.baseUrl=%s
                account.main.apiKey=k
                account.main.publicUrl=HTTPS://sms.example.com/
                sms.default-account=main
                webhooks.token=%s
                """.formatted(infobip.url(), token))) {
            bridge.send("main", "{\"to\": \"447700900123\", \"text\": \"A\"}");
            await().until(() -> infobip.calls().size() == 1);
            URI given = URI.create(infobip.calls().get(0).at("/messages/0/webhooks/delivery/url").asText());
            assertThat(given.toString()).isEqualTo("https://sms.example.com/infobip/delivery-reports/main/" + token);
            assertThat(bridge.post(given.getRawPath(), "{\"results\": []}").statusCode()).isEqualTo(200);
            assertThat(bridge.post(given.getRawPath() + "x", "{\"results\": []}").statusCode()).isEqualTo(401);
        }
    }
}
