package io.smsbridge.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;

import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The token of webhooks' URLs that the first start makes. */
class WebhookTokenTest {

    private static final String MADE = "/infobip/delivery-reports/main/[A-Za-z0-9_-]{43}";
    /** The comment keeps the test bridge from adding webhooks.token=none. */
    private static final String SETTINGS = """
            # no webhook setting
            account.main.baseUrl=%s
            account.main.apiKey=k
            account.main.publicUrl=https://sms.example.com
            sms.default-account=main
            """;

    @TempDir
    Path home;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream before = System.out;
    private ScriptedInfobip infobip;

    @BeforeEach
    void listen() {
        infobip = new ScriptedInfobip();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() {
        System.setOut(before);
        infobip.close();
    }

    private String shown() {
        return printed.toString(StandardCharsets.UTF_8).lines().filter(line -> line.startsWith("WEBHOOKS:")).reduce("", (all, line) -> all + line + "\n");
    }

    /** The path that Infobip is given with a message. */
    private String given(TestBridge bridge) throws Exception {
        int calls = infobip.calls().size();
        bridge.send("main", "{\"to\": \"447700900123\", \"text\": \"A\"}");
        await().until(() -> infobip.calls().size() > calls);
        return URI.create(infobip.calls().get(calls).at("/messages/0/webhooks/delivery/url").asText()).getPath();
    }

    private static int report(TestBridge bridge, String path) throws Exception {
        return bridge.post(path, "{\"results\": []}").statusCode();
    }

    @Test
    void isMadeOnceKeptAndTakenForAWhileAfterTheSettingsHaveTheirOwn() throws Exception {
        String made;
        try (TestBridge bridge = new TestBridge(home, SETTINGS.formatted(infobip.url()))) {
            made = given(bridge);
            assertThat(made).matches(MADE);
            assertThat(report(bridge, made)).isEqualTo(200);
            assertThat(report(bridge, "/infobip/delivery-reports/main")).isEqualTo(401);
            assertThat(report(bridge, made + "x")).isEqualTo(401);
            // Inbound messages come by a URL that somebody has to enter.
            assertThat(shown()).contains("account main").containsOnlyOnce("https://sms.example.com" + made.replace("delivery-reports", "inbound-messages"));
        }
        printed.reset();
        try (TestBridge bridge = new TestBridge(home, SETTINGS.formatted(infobip.url()))) {
            assertThat(given(bridge)).isEqualTo(made);
            assertThat(shown()).isEmpty();
        }
        try (TestBridge bridge = new TestBridge(home, SETTINGS.formatted(infobip.url()) + "webhooks.token=my-own\n")) {
            assertThat(given(bridge)).isEqualTo("/infobip/delivery-reports/main/my-own");
            assertThat(report(bridge, "/infobip/delivery-reports/main/my-own")).isEqualTo(200);
            assertThat(report(bridge, made)).isEqualTo(200);
            assertThat(report(bridge, "/infobip/delivery-reports/main")).isEqualTo(401);
            try (Connection connection = bridge.ledger(); Statement statement = connection.createStatement()) {
                assertThat(statement.executeUpdate("UPDATE webhook_token SET retired_at = retired_at - 8 * 86400000")).isEqualTo(1);
            }
        }
        try (TestBridge bridge = new TestBridge(home, SETTINGS.formatted(infobip.url()) + "webhooks.token=my-own\n")) {
            assertThat(report(bridge, made)).isEqualTo(401);
            assertThat(report(bridge, "/infobip/delivery-reports/main/my-own")).isEqualTo(200);
        }
        assertThat(shown()).isEmpty();
        assertThat(TestBridge.log()).noneMatch(line -> line.contains(made.substring(made.lastIndexOf('/') + 1)));
    }

    @Test
    void isNotMadeForTheSandboxAloneOrWhereNoneIsAskedFor() throws Exception {
        try (TestBridge bridge = new TestBridge(home, """
                # no webhook setting
                account.sandbox.baseUrl=http://localhost:{{http.port}}/sandbox/infobip
                account.sandbox.apiKey={{sandbox.apiKey}}
                account.sandbox.publicUrl=http://localhost:{{http.port}}
                sandbox.firstSms=false
                """)) {
            assertThat(report(bridge, "/infobip/delivery-reports/sandbox")).isEqualTo(200);
        }
        try (TestBridge bridge = new TestBridge(home, SETTINGS.formatted(infobip.url()) + "webhooks.token=none\n")) {
            assertThat(given(bridge)).isEqualTo("/infobip/delivery-reports/main");
            assertThat(report(bridge, "/infobip/delivery-reports/main")).isEqualTo(200);
        }
        assertThat(shown()).isEmpty();
    }
}
