package io.smsbridge.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An account whose reports come by a subscription of Infobip's portal, which can authenticate itself, and not by the URL of each message. */
class WebhookSubscriptionTest {

    @TempDir
    Path home;

    @Test
    void itsMessagesCarryNoUrl() throws Exception {
        try (ScriptedInfobip infobip = new ScriptedInfobip();
                TestBridge bridge = new TestBridge(home, """
                        account.main.baseUrl=%1$s
                        account.main.apiKey=k
                        account.main.publicUrl=https://sms.example.com
                        account.main.clickTracking=default-domain
                        account.main.webhookUrls=subscription
                        account.other.baseUrl=%1$s
                        account.other.apiKey=k
                        account.other.publicUrl=https://sms.example.com
                        account.other.clickTracking=default-domain
                        sms.default-account=main
                        webhooks.token=t0ken
                        """.formatted(infobip.url()))) {
            bridge.send("main", "{\"to\": \"447700900123\", \"text\": \"See https://example.com\"}");
            await().until(() -> infobip.calls().size() == 1);
            assertThat(infobip.calls().get(0).toString()).doesNotContain("sms.example.com").doesNotContain("\"notify\":false");
            assertThat(infobip.calls().get(0).at("/options/tracking").toString() + infobip.calls().get(0).at("/messages/0")).doesNotContain("trackingUrl");
            bridge.send("other", "{\"to\": \"447700900123\", \"text\": \"See https://example.com\"}");
            await().until(() -> infobip.calls().size() == 2);
            assertThat(infobip.calls().get(1).toString()).contains("https://sms.example.com/infobip/delivery-reports/other/t0ken")
                    .contains("https://sms.example.com/infobip/clicks/other/t0ken");
        }
    }

    /** The sandbox is a subscription's Infobip, too, and shows all that it is asked for. */
    @Test
    void theSandboxAuthenticatesItself() throws Exception {
        try (ScriptedDownstream downstream = new ScriptedDownstream();
                TestBridge bridge = new TestBridge(home, """
                        account.sandbox.baseUrl=http://localhost:{{http.port}}/sandbox/infobip
                        account.sandbox.apiKey={{sandbox.apiKey}}
                        account.sandbox.publicUrl=https://sms.example.com
                        account.sandbox.clickTracking=default-domain
                        account.sandbox.webhookUrls=subscription
                        account.sandbox.webhookToken=t0ken-0123456789
                        account.sandbox.webhookBasic=infobip:5ecret-0123456789
                        account.sandbox.webhookHeader=X-Key: 5ecret-0123456789
                        account.sandbox.webhookSignature=timestamp
                        account.sandbox.webhookSignatureSecret=5ecret-0123456789
                        account.sandbox.webhookSignatureMaxAge=1h
                        sandbox.firstSms=false
                        downstream.events.url=%s/events
                        downstream.events.format=events
                        downstream.events.events=delivered,replied,clicked
                        """.formatted(downstream.url()), "events.jslt", "// with raw\n.")) {
            // Who has a number that ends in 9014 opens the link and writes back.
            bridge.send("sandbox", "{\"to\": \"447700909014\", \"text\": \"See https://example.com/a\"}");
            await().until(() -> types(downstream).containsAll(List.of("delivered", "replied", "clicked")));
            assertThat(downstream.items("/events")).allSatisfy(event -> assertThat(event.get("account").asText()).isEqualTo("sandbox"));
            assertThat(bridge.post("/infobip/delivery-reports/sandbox/t0ken-0123456789", "{\"results\": []}").statusCode()).isEqualTo(401);
        }
    }

    private static List<String> types(ScriptedDownstream downstream) {
        return downstream.items("/events").stream().map((JsonNode event) -> event.get("type").asText()).toList();
    }
}
