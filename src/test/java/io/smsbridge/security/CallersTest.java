package io.smsbridge.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import io.smsbridge.TestCallers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers, added and changed by the command beside a running bridge: who is known by what, and what each may do. */
class CallersTest {

    private static final String SEND = "{\"to\": \"447700900123\", \"text\": \"Hi\"}";

    @TempDir
    static Path home;
    static ScriptedInfobip infobip;
    static TestBridge bridge;
    /** Of the caller campaigns, who may use the account main alone. */
    static String key;

    @BeforeAll
    static void start() throws Exception {
        infobip = new ScriptedInfobip();
        bridge = new TestBridge(home, """
                account.main.baseUrl=%1$s
                account.main.apiKey=k
                account.other.baseUrl=%1$s
                account.other.apiKey=k
                sms.default-account=other
                sms.apiKeyHeader=X-Sms-Key
                sms.tokenLifetime=1h
                """.formatted(infobip.url()));
        // Nobody but this machine reaches the account, and there is no caller yet.
        assertThat(bridge.post("/sms/send", SEND).statusCode()).isEqualTo(200);
        key = TestCallers.key(change("add", "campaigns", "--accounts", "main"));
        assertThat(bridge.post("/sms/send", SEND).statusCode()).isEqualTo(401);
    }

    @AfterAll
    static void stop() {
        bridge.close();
        infobip.close();
    }

    /** What the command prints; it has to succeed. */
    private static String command(String... args) throws Exception {
        return TestCallers.command(home, 0, args);
    }

    private static String command(int exitCode, String... args) throws Exception {
        return TestCallers.command(home, exitCode, args);
    }

    private static String change(String... args) throws Exception {
        return TestCallers.change(home, args);
    }

    private static int send(String path, String... headers) throws Exception {
        return bridge.post(path, SEND, headers).statusCode();
    }

    private static String sendFrom(String source, String path, String... headers) throws Exception {
        return TestCallers.postFrom(source, bridge.port, path, SEND, headers);
    }

    private static List<String> column(String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = bridge.ledger(); Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    private static double metric(String name, String... labels) throws Exception {
        return bridge.manage("GET", "/observe/metrics", "").body().lines().filter(line -> line.startsWith(name + "{"))
                .filter(line -> List.of(labels).stream().allMatch(line::contains)).mapToDouble(line -> Double.parseDouble(line.replaceFirst(".* ", ""))).sum();
    }

    @Test
    void isKnownByItsKeyInEveryForm() throws Exception {
        assertThat(send("/sms/send/main", "X-Sms-Key", key)).isEqualTo(200);
        assertThat(send("/sms/send/main", "X-Sms-Key", "App " + key)).isEqualTo(200);
        assertThat(send("/sms/send/main", "Authorization", "Bearer " + key)).isEqualTo(200);
        assertThat(send("/sms/send/main", "Authorization", "App " + key)).isEqualTo(200);
        assertThat(send("/sms/send/main", "Authorization", key)).isEqualTo(200);
        assertThat(send("/sms/send/main", "Authorization", TestCallers.basic("campaigns", key))).isEqualTo(200);
        assertThat(send("/sms/send/main", "Authorization", TestCallers.basic("whatever", key))).isEqualTo(200);
        assertThat(send("/sms/send/main", "X-API-Key", key)).as("another header is configured").isEqualTo(401);
    }

    @Test
    void usesItsOwnAccountsAlone() throws Exception {
        assertThat(bridge.post("/sms/send/other", SEND, "X-Sms-Key", key)).satisfies(answer -> {
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("caller campaigns may not use this account; it may use [main]");
        });
        assertThat(bridge.post("/sms/send/none", SEND, "X-Sms-Key", key).body()).contains("there are [main]").doesNotContain("other");
        // Where the path names none, its own, and not sms.default-account.
        String id = TestBridge.newId();
        assertThat(bridge.post("/sms/send", "{\"to\": \"447700900123\", \"text\": \"Hi\", \"messageId\": \"" + id + "\"}", "X-Sms-Key", key).statusCode()).isEqualTo(200);

        JsonNode history = TestBridge.JSON.readTree(bridge.get("/sms/messages/" + id, "X-Sms-Key", key).body());
        assertThat(history.at("/messages/0/account").asText()).isEqualTo("main");
        assertThat(history.at("/messages/0/caller").asText()).isEqualTo("campaigns");

        String others = TestCallers.key(change("add", "others", "--accounts", "other"));
        assertThat(bridge.get("/sms/messages/" + id, "X-Sms-Key", others).statusCode()).isEqualTo(404);
        change("change", "others", "--accounts", "");
        assertThat(bridge.get("/sms/messages/" + id, "X-Sms-Key", others).statusCode()).isEqualTo(200);
    }

    @Test
    void standsInTheLogAndInMetrics() throws Exception {
        int lines = TestBridge.log().size();
        double requests = metric("smsbridge_caller_requests_total", "caller=\"campaigns\"");
        double recipients = metric("smsbridge_caller_recipients_total", "caller=\"campaigns\"");
        assertThat(bridge.post("/sms/send/main", "[%1$s, %1$s]".formatted(SEND), "X-Sms-Key", key).statusCode()).isEqualTo(200);
        await().untilAsserted(() -> assertThat(TestBridge.logSince(lines)).anySatisfy(line -> assertThat(line)
                .contains("account main: 2 accepted").contains("caller campaigns")));
        assertThat(metric("smsbridge_caller_requests_total", "caller=\"campaigns\"") - requests).isEqualTo(1);
        assertThat(metric("smsbridge_caller_recipients_total", "caller=\"campaigns\"") - recipients).isEqualTo(2);
    }

    @Test
    void hasARateOfRequestsAndOfRecipients() throws Exception {
        String slow = TestCallers.key(change("add", "slow", "--requests-per-second", "1"));
        await().untilAsserted(() -> {
            HttpResponse<String> answer = bridge.get("/sms/messages/none", "X-Sms-Key", slow);
            assertThat(answer.statusCode()).isEqualTo(429);
            assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(answer.body()).contains("caller slow may send 1 requests in a second");
        });
        await().until(() -> bridge.get("/sms/messages/none", "X-Sms-Key", slow).statusCode() == 404);

        String few = TestCallers.key(change("add", "few", "--recipients-per-second", "1"));
        // A batch beyond the rate passes whole, and the next one waits until that is made up for.
        String id = TestBridge.newId();
        String batch = "[" + String.join(",", java.util.Collections.nCopies(100, SEND)) + "]";
        assertThat(bridge.post("/sms/send", batch, "X-Sms-Key", few).statusCode()).isEqualTo(200);
        HttpResponse<String> refused = bridge.post("/sms/send", "{\"to\": \"447700900123\", \"text\": \"Hi\", \"messageId\": \"" + id + "\"}", "X-Sms-Key", few);
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(Integer.parseInt(refused.headers().firstValue("Retry-After").orElseThrow())).isBetween(30, 101);
        assertThat(column("SELECT id FROM message WHERE id = '" + id + "' OR client_id = '" + id + "'")).isEmpty();
    }

    @Test
    void callsFromItsNetworksAlone() throws Exception {
        String far = TestCallers.key(change("add", "far", "--networks", "192.0.2.0/24"));
        HttpResponse<String> refused = bridge.get("/sms/messages/none", "X-Sms-Key", far);
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("caller far may not call from 127.0.0.1");
        assertThat(metric("smsbridge_doors_refused_total", "door=\"callers\"", "reason=\"network\"")).isPositive();
        change("change", "far", "--networks", "192.0.2.0/24,127.0.0.0/8,::1");
        assertThat(bridge.get("/sms/messages/none", "X-Sms-Key", far).statusCode()).isEqualTo(404);
    }

    @Test
    void bothItsKeysAreValidWhileOneIsRotated() throws Exception {
        String first = TestCallers.key(change("add", "rotated"));
        String second = TestCallers.key(change("rotate", "rotated"));
        assertThat(send("/sms/send", "X-Sms-Key", first)).isEqualTo(200);
        assertThat(command("list")).containsPattern("(?m)^rotated: all accounts\n  key of .*, valid until .*\n  key of \\S+$");

        String third = TestCallers.key(change("rotate", "rotated", "--overlap", "0s"));
        assertThat(sendFrom("127.0.0.2", "/sms/send", "X-Sms-Key", first)).startsWith("401");
        assertThat(sendFrom("127.0.0.2", "/sms/send", "X-Sms-Key", second)).startsWith("401");
        assertThat(send("/sms/send", "X-Sms-Key", third)).isEqualTo(200);
        change("remove", "rotated");
        assertThat(sendFrom("127.0.0.2", "/sms/send", "X-Sms-Key", third)).startsWith("401");
        assertThat(command("list")).doesNotContain("rotated").contains("campaigns: accounts main");
    }

    @Test
    void theLedgerHoldsHashesAlone() throws Exception {
        List<String> hashes = column("SELECT hash FROM caller_credential");
        assertThat(hashes).isNotEmpty().allMatch(hash -> hash.matches("[0-9a-f]{64}"));
        assertThat(command("list")).doesNotContain(key).doesNotContain(hashes.get(0));
    }

    @Test
    void theCommandSaysWhatIsWrong() throws Exception {
        assertThat(command(1, "add", "campaigns")).contains("there is a caller campaigns already");
        assertThat(command(1, "add", "default")).contains("the name default is taken");
        assertThat(command(1, "add", "a b")).contains("'a b' is no name");
        assertThat(command(1, "add", "new", "--accounts", "mian")).contains("'mian' is no account; there are main, other");
        assertThat(command(1, "add", "new", "--networks", "example.com")).contains("'example.com' is no address or network");
        assertThat(command(1, "add", "new", "--requests-per-second", "many")).contains("--requests-per-second: 'many'");
        assertThat(command(1, "rotate", "nobody")).contains("there is no caller nobody; there are ", "campaigns");
        assertThat(command(1, "remove", "nobody")).contains("there is no caller nobody");
        assertThat(command(2, "rotate", "campaigns", "--overlap", "soon")).contains("--overlap: 'soon' is no duration");
        assertThat(command(2, "add")).contains("Missing required parameter: 'NAME'");
        assertThat(command(2, "add", "new", "--rate", "1")).contains("--rate");
        assertThat(command(2, "create", "new")).contains("Unmatched argument");
        assertThat(command("--help")).contains("rotate");
        assertThat(column("SELECT name FROM caller")).doesNotContain("new", "default", "a b");
    }

    private static HttpResponse<String> token(String body, String... headers) throws Exception {
        List<String> all = new ArrayList<>(List.of(headers));
        all.addAll(List.of("Content-Type", body.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded"));
        return bridge.post("/oauth/token", body, all.toArray(String[]::new));
    }

    @Test
    void aKeyIsExchangedForATokenThatEndsWithIt() throws Exception {
        String first = TestCallers.key(change("add", "oauth", "--accounts", "main"));
        HttpResponse<String> answer = token("grant_type=client_credentials&client_id=oauth&client_secret=" + first);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
        JsonNode body = TestBridge.JSON.readTree(answer.body());
        assertThat(body.path("token_type").asText()).isEqualTo("Bearer");
        assertThat(body.path("expires_in").asInt()).isEqualTo(3600);
        String token = body.path("access_token").asText();
        assertThat(send("/sms/send/main", "Authorization", "Bearer " + token)).isEqualTo(200);
        assertThat(send("/sms/send/other", "Authorization", "Bearer " + token)).isEqualTo(403);
        assertThat(send("/sms/send/main", "X-Sms-Key", token)).isEqualTo(200);

        assertThat(token("grant_type=client_credentials", "Authorization", TestCallers.basic("oauth", first)).statusCode()).isEqualTo(200);
        assertThat(token("{\"grant_type\":\"client_credentials\",\"client_id\":\"oauth\",\"client_secret\":\"" + first + "\"}").statusCode()).isEqualTo(200);

        // A token that somebody has changed, or made himself.
        String[] parts = token.split("\\.");
        String payload = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
        String forged = Base64.getUrlEncoder().withoutPadding().encodeToString(payload.replace("\"oauth\"", "\"campaigns\"").getBytes(StandardCharsets.UTF_8));
        String none = Base64.getUrlEncoder().withoutPadding().encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8));
        int next = 30;
        for (String wrong : List.of(parts[0] + "." + forged + "." + parts[2], none + "." + parts[1] + ".", parts[0] + "." + parts[1] + "." + parts[2] + "x",
                "eyJhbGciOiJIUzI1NiJ9.e30.AAAA", "eyJ..")) {
            assertThat(sendFrom("127.0.0." + next++, "/sms/send/main", "Authorization", "Bearer " + wrong)).as(wrong).startsWith("401");
        }

        // Whoever has the token of a key that was given away has it no longer than the key.
        String second = TestCallers.key(change("rotate", "oauth", "--overlap", "0s"));
        assertThat(sendFrom("127.0.0.3", "/sms/send/main", "Authorization", "Bearer " + token)).startsWith("401");
    }

    @Test
    void theTokenEndpointSaysWhatIsWrong() throws Exception {
        assertThat(token("grant_type=password&client_id=campaigns&client_secret=" + key)).satisfies(answer -> {
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(TestBridge.JSON.readTree(answer.body()).path("error").asText()).isEqualTo("unsupported_grant_type");
        });
        HttpResponse<String> missing = token("grant_type=client_credentials&client_id=campaigns");
        assertThat(missing.statusCode()).isEqualTo(401);
        assertThat(missing.headers().firstValue("WWW-Authenticate").orElseThrow()).startsWith("Basic");
        assertThat(TestBridge.JSON.readTree(missing.body()).path("error").asText()).isEqualTo("invalid_client");
        assertThat(token("grant_type=client_credentials&client_id=somebody&client_secret=" + key).statusCode()).isEqualTo(401);
        assertThat(token("null").statusCode()).isEqualTo(401);
    }

    @Test
    void wrongKeysSlowTheirSourceDownButNobodyWhoWasKnownThere() throws Exception {
        String spared = TestCallers.key(change("add", "spared"));
        assertThat(sendFrom("127.0.0.9", "/sms/send", "X-Sms-Key", spared)).startsWith("200");
        List<String> before = column("SELECT id FROM message");
        double wrong = metric("smsbridge_doors_refused_total", "door=\"callers\"", "reason=\"wrong\"");
        for (int i = 0; i < 4; i++) {
            assertThat(sendFrom("127.0.0.9", "/sms/send", "X-Sms-Key", "guess-" + i)).startsWith("401");
        }
        await().untilAsserted(() -> assertThat(sendFrom("127.0.0.9", "/sms/send", "X-Sms-Key", "another")).startsWith("429")
                .containsPattern("(?i)\\nRetry-After: [1-9]"));
        assertThat(column("SELECT id FROM message")).as("nothing is stored").hasSameElementsAs(before);
        // The right key of somebody who has not called from there before waits, too: else it could be guessed on. From a new address each time,
        // as it is known at one where it once came after the wait.
        AtomicInteger next = new AtomicInteger();
        await().until(() -> {
            String source = "127.0.1." + next.incrementAndGet();
            for (int i = 0; i < 5; i++) {
                sendFrom(source, "/sms/send", "X-Sms-Key", "guess-" + i);
            }
            return sendFrom(source, "/sms/send/main", "X-Sms-Key", spared).startsWith("429");
        });
        assertThat(metric("smsbridge_doors_refused_total", "door=\"callers\"", "reason=\"wrong\"") - wrong).isGreaterThanOrEqualTo(5);
        assertThat(metric("smsbridge_doors_refused_total", "door=\"callers\"", "reason=\"slowed\"")).isPositive();
        assertThat(sendFrom("127.0.0.9", "/sms/send", "X-Sms-Key", spared)).startsWith("200");
        assertThat(sendFrom("127.0.0.10", "/sms/send/main", "X-Sms-Key", key)).startsWith("200");
    }
}
