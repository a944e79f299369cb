package io.smsbridge.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;

import io.smsbridge.TestBridge;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Forwarded and X-Forwarded-* say is believed from http.trustedProxies alone; of those: WebhookDoorsTest, ConsoleTest. */
class UndeclaredProxyTest {

    @TempDir
    Path home;

    @Test
    void isNotBelieved() throws Exception {
        try (TestBridge bridge = new TestBridge(home, """
                account.main.baseUrl=http://localhost:1
                account.main.apiKey=k
                webhooks.token=none
                webhooks.sources=203.0.113.0/24
                http.trustedProxies=192.0.2.7
                """)) {
            assertThat(bridge.post("/infobip/delivery-reports/main", "{\"results\": []}", "X-Forwarded-For", "203.0.113.5").statusCode()).isEqualTo(403);
            assertThat(bridge.post("/infobip/delivery-reports/main", "{\"results\": []}", "Forwarded", "for=203.0.113.5").statusCode()).isEqualTo(403);
            assertThat(bridge.manage("POST", "/hawtio/auth/login", "{\"username\": \"admin\", \"password\": \"" + TestBridge.CONSOLE_PASSWORD + "\"}",
                    "X-Forwarded-Proto", "https").headers().firstValue("Set-Cookie").orElseThrow()).doesNotContain("Secure");
        }
    }
}
