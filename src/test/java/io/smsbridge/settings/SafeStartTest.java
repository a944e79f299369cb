package io.smsbridge.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.smsbridge.FreePort;
import io.smsbridge.TestBridge;
import io.smsbridge.TestCallers;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A door that strangers can reach, with a real account behind it and nothing that guards it, stops the start. */
class SafeStartTest {

    private static final String REAL = "account.main.baseUrl=https://abc.api.infobip.com\naccount.main.apiKey=k\n";
    private static final String GUARDED = REAL + "sms.apiKey=a-key-of-32-characters-and-no-less\nwebhooks.token=t0ken\n";

    @TempDir
    Path home;

    private List<String> problems(String settings) {
        return TestBridge.problems(catchThrowable(() -> new TestBridge(home, settings).close()));
    }

    /** The warnings of a start that has to succeed. */
    private List<String> warnings(String settings) throws Exception {
        int lines = TestBridge.log().size();
        new TestBridge(home, settings).close();
        return TestBridge.logSince(lines).stream().filter(line -> line.contains(" WARN ")).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::"})
    void whatNothingGuardsIsNamedWithTheCure(String host) {
        String settings = REAL + "http.host=" + host + "\nmanagement.host=" + host + "\nmanagement.port=" + FreePort.find() + "\n";
        assertThat(problems(settings)).anySatisfy(problem -> assertThat(problem).startsWith("management.token: empty, so that anyone who reaches " + host)
                .contains("of account main; give a token (none lets anyone read them, on purpose), or bind management.host=127.0.0.1"));
        assertThat(problems(REAL + "webhooks.token=t0ken\nhttp.host=" + host + "\n")).singleElement().asString()
                .startsWith("sms.apiKey: empty, and there is no caller, so that anyone who reaches " + host + ":")
                .contains("could send through account main; run java -jar infobip-sms-bridge.jar caller add NAME, which prints a key, or give a key here"
                        + " (none lets anyone send, on purpose), or bind http.host=127.0.0.1");
    }

    @Test
    void itStartsOnceItIsGuardedOrOpenOnPurposeOrOutOfReach() throws Exception {
        assertThat(warnings(GUARDED)).isEmpty();
        assertThat(warnings(REAL + "http.host=127.0.0.1\n")).isEmpty();
        assertThat(warnings(REAL + "sms.apiKey=none\nwebhooks.token=none\n")).satisfiesExactlyInAnyOrder(
                warning -> assertThat(warning).contains("sms.apiKey: none, so anyone who can reach port").contains("can send"),
                warning -> assertThat(warning).contains("account.main.webhookToken: none, and nothing else is asked of webhooks, so anyone who can reach port").contains("can post delivery reports"));
        assertThat(warnings(REAL + "sms.apiKey=short\nwebhooks.token=t0ken\n")).singleElement().asString()
                .contains("sms.apiKey: has 5 characters, and may be guessed").doesNotContain("short");
    }

    @Test
    void aCallerAddedBeforeTheFirstStartGuardsItToo() throws Exception {
        String settings = REAL + "webhooks.token=t0ken\n";
        Files.writeString(home.resolve("application.properties"), settings);
        String key = TestCallers.key(TestCallers.command(home, 0, "add", "campaigns"));
        try (TestBridge bridge = new TestBridge(home, settings)) {
            assertThat(bridge.get("/sms/messages/none").statusCode()).isEqualTo(401);
            assertThat(bridge.get("/sms/messages/none", "X-API-Key", key).statusCode()).isEqualTo(404);
            // The last one that goes leaves the door shut, not open.
            TestCallers.change(home, "remove", "campaigns");
            assertThat(bridge.get("/sms/messages/none").statusCode()).isEqualTo(401);
        }
        assertThat(problems(settings)).singleElement().asString().startsWith("sms.apiKey: empty, and there is no caller");
    }

    @Test
    void anIssuerOfTokensGuardsItEvenWhileNoCallerIsAdded() throws Exception {
        String issuer = "sms.jwt.issuer=https://login.example.com/\nsms.jwt.keysUrl=https://login.example.com/keys\nsms.jwt.audience=sms-bridge\n";
        try (TestBridge bridge = new TestBridge(home, REAL + "webhooks.token=t0ken\n" + issuer)) {
            assertThat(bridge.post("/sms/send", "{\"to\": \"447700900123\", \"text\": \"Hi\"}").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void none() throws Exception {
        try (TestBridge bridge = new TestBridge(home, REAL + "sms.apiKey=none\nwebhooks.token=none\n")) {
            assertThat(bridge.get("/sms/messages/none").statusCode()).isEqualTo(404);
            assertThat(bridge.get("/sms/messages/none", "X-API-Key", "any").statusCode()).isEqualTo(404);
            assertThat(bridge.post("/infobip/delivery-reports/main", "{\"results\": []}").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void healthAndMetricsTakeTheirTokenOrAConsoleUser() throws Exception {
        try (TestBridge bridge = new TestBridge(home, GUARDED + "management.host=0.0.0.0\nmanagement.token=Bearer watch-this\nmanagement.port=" + FreePort.find() + "\n")) {
            for (String path : List.of("/observe/metrics", "/observe/health", "/observe/health/ready")) {
                assertThat(bridge.manage("GET", path, "", new String[0]).statusCode()).as(path).isEqualTo(401);
                assertThat(bridge.manage("GET", path, "", "Authorization", "Bearer watch-that").statusCode()).as(path).isEqualTo(401);
                assertThat(bridge.manage("GET", path, "", "Authorization", "Bearer watch-this").statusCode()).as(path).isNotIn(401, 403, 404);
                assertThat(bridge.manage("GET", path, "").statusCode()).as(path).isNotIn(401, 403, 404);
            }
            assertThat(bridge.manage("GET", "/dead-letters", "", "Authorization", "Bearer watch-this").statusCode()).isEqualTo(401);
            assertThat(bridge.manage("GET", "/observe/metrics", "").body().lines())
                    .anyMatch(line -> line.matches("smsbridge_doors_refused_total\\{.*door=\"management\".*reason=\"missing\".*} [1-9].*"))
                    .anyMatch(line -> line.matches("smsbridge_doors_refused_total\\{.*door=\"management\".*reason=\"wrong\".*} [1-9].*"));
        }
    }

    /** An address of this machine that is not loopback: what comes from there may have come from anywhere. */
    private static String outside() throws Exception {
        return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses).filter(Inet4Address.class::isInstance)
                .filter(address -> !address.isLoopbackAddress()).map(InetAddress::getHostAddress).findFirst().orElse(null);
    }

    @Test
    void theSandboxIsOpenToThisMachineOnly() throws Exception {
        String sandbox = "account.sandbox.baseUrl=http://localhost:{{http.port}}/sandbox/infobip\naccount.sandbox.apiKey=sandbox-key\nsandbox.firstSms=false\n";
        try (TestBridge bridge = new TestBridge(home, sandbox)) {
            assertThat(bridge.get("/sandbox/downstream").statusCode()).isEqualTo(200);
            for (String path : List.of("/sandbox/downstream", "/sandbox/infobip/sms/3/reports", "/s/abc")) {
                HttpResponse<String> proxied = bridge.get(path, "X-Forwarded-For", "127.0.0.1");
                assertThat(proxied.statusCode()).as(path).isEqualTo(403);
                assertThat(proxied.body()).isEqualTo("{\"status\":\"error\",\"error\":\"the sandbox is open to this machine only; sandbox.clients=any opens it\"}");
            }
            String outside = outside();
            Assumptions.assumeTrue(outside != null, "no network");
            assertThat(TestCallers.getAt(outside, bridge.port, "/sandbox/downstream")).startsWith("403");
            assertThat(TestCallers.getAt(outside, bridge.port, "/openapi.json")).startsWith("200");
        }
        try (TestBridge bridge = new TestBridge(home, sandbox + "sandbox.clients=any\n")) {
            assertThat(bridge.get("/sandbox/downstream", "X-Forwarded-For", "192.0.2.1").statusCode()).isEqualTo(200);
        }
    }
}
