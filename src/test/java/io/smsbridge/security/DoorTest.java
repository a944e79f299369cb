package io.smsbridge.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;

import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may send, and who may report, where keys are set. */
@Tag("quick")
class DoorTest {

    private static final String SEND = "{\"to\": \"447700900123\", \"text\": \"Hi\"}";

    @TempDir
    static Path home;
    static ScriptedInfobip infobip;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        infobip = new ScriptedInfobip();
        bridge = new TestBridge(home, """
                account.main.baseUrl=%s
                account.main.apiKey=k
                sms.default-account=main
                sms.apiKey=caller-key
                webhooks.token=t0ken
                """.formatted(infobip.url()));
    }

    @AfterAll
    static void stop() {
        bridge.close();
        infobip.close();
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void takesTheKeyInEveryFormACallerCanGiveIt() throws Exception {
        assertThat(bridge.post("/sms/send", SEND, "X-API-Key", "caller-key").statusCode()).isEqualTo(200);
        assertThat(bridge.post("/sms/send", SEND, "Authorization", "Bearer caller-key").statusCode()).isEqualTo(200);
        assertThat(bridge.post("/sms/send", SEND, "Authorization", "App caller-key").statusCode()).isEqualTo(200);
        assertThat(bridge.post("/sms/send", SEND, "X-API-Key", "App caller-key").statusCode()).isEqualTo(200);
        assertThat(bridge.post("/sms/send", SEND, "Authorization", basic("clevertap:caller-key")).statusCode()).isEqualTo(200);
    }

    @Test
    void refusesEveryoneElse() throws Exception {
        assertThat(bridge.post("/sms/send", SEND).statusCode()).isEqualTo(401);
        assertThat(bridge.post("/sms/send", SEND, "X-API-Key", "other").statusCode()).isEqualTo(401);
        assertThat(bridge.post("/sms/send", SEND, "Authorization", "Bearer").statusCode()).isEqualTo(401);
        assertThat(bridge.post("/sms/send", SEND, "Authorization", basic("caller-key:other")).statusCode()).isEqualTo(401);
        assertThat(bridge.post("/sms/send", SEND, "Authorization", "Basic %%%").statusCode()).isEqualTo(401);
        assertThat(bridge.get("/sms/messages/any").statusCode()).isEqualTo(401);
        assertThat(bridge.get("/sms/messages/any", "X-API-Key", "caller-key").statusCode()).isEqualTo(404);
        assertThat(bridge.post("/sms/send/nobody", SEND).body()).doesNotContain("main").doesNotContain("caller-key");
    }

    @ParameterizedTest
    @CsvSource({"/infobip/delivery-reports/main/t0ken, 200", "/infobip/delivery-reports/t0ken, 200", "/infobip/delivery-reports/main, 401",
        "/infobip/delivery-reports, 401", "/infobip/delivery-reports/main/t0ken/, 200", "/infobip/delivery-reports/t0ken//, 200",
        "/infobip/delivery-reports/main/, 401", "/infobip/delivery-reports/main/other, 401"})
    void aWebhooksPathHasToEndWithTheToken(String path, int status) throws Exception {
        assertThat(bridge.post(path, "{\"results\": []}").statusCode()).isEqualTo(status);
    }
}
