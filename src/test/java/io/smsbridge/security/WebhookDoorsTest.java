package io.smsbridge.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may post webhooks, by every kind of credential that an account can ask for. TLS certificates: TlsTest. */
class WebhookDoorsTest {

    private static final String FIRST = "first-5ecret-for-hmac";
    private static final String SECOND = "second-5ecret-for-hmac";
    private static final String BASIC = "Basic " + base64("infobip:first-5ecret-password");
    private static final String NETWORK = "198.51.100.";
    private static final AtomicInteger LAST = new AtomicInteger();

    @TempDir
    static Path home;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        StringBuilder settings = new StringBuilder("""
                sms.default-account=plain
                http.trustedProxies=127.0.0.1, 192.0.2.0/24
                webhooks.token=comm0n-token
                account.rotated.webhookToken=new-t0ken,old-t0ken
                account.basic.webhookToken=none
                account.basic.webhookBasic=infobip:first-5ecret-password,infobip:second-5ecret-password
                account.header.webhookToken=none
                account.header.webhookHeader=X-Key: first-5ecret-of-header,X-Key:second-5ecret-of-header
                account.network.webhookToken=none
                account.network.webhookSources=198.51.100.0/24,2001:db8::/32
                account.signed.webhookToken=none
                account.signed.webhookSignature=body
                account.signed.webhookSignatureSecret=%1$s,%2$s
                account.named.webhookToken=none
                account.named.webhookSignature=body X-Signature HMAC-SHA-512
                account.named.webhookSignatureSecret=%1$s
                account.timed.webhookToken=none
                account.timed.webhookSignature=timestamp
                account.timed.webhookSignatureSecret=%1$s
                account.recent.webhookToken=none
                account.recent.webhookSignature=timestamp
                account.recent.webhookSignatureSecret=%1$s
                account.recent.webhookSignatureMaxAge=3d
                account.all.webhookToken=al1-token
                account.all.webhookBasic=infobip:first-5ecret-password
                account.all.webhookSources=198.51.100.0/24
                account.all.webhookSignature=body
                account.all.webhookSignatureSecret=%1$s
                """.formatted(FIRST, SECOND));
        for (String account : List.of("plain", "rotated", "basic", "header", "network", "signed", "named", "timed", "recent", "all")) {
            settings.append("account.").append(account).append(".baseUrl=http://localhost:1\naccount.").append(account).append(".apiKey=k\n");
        }
        bridge = new TestBridge(home, settings.toString());
    }

    @AfterAll
    static void stop() {
        bridge.close();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] hmac(String algorithm, String secret, String text) throws Exception {
        Mac mac = Mac.getInstance(algorithm);
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), algorithm));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String hex(String secret, String text) throws Exception {
        return HexFormat.of().formatHex(hmac("HmacSHA256", secret, text));
    }

    /** A report of a message that the bridge has not heard of: it is stored, so that what is refused can be seen not to be. */
    private static String report(String id) {
        // No JSON writer would space it so: what is signed are the bytes.
        return "{ \"results\":[{\"messageId\":\"" + id + "\",  \"to\":\"447700900123\", \"status\":{\"groupId\":3,\"id\":5,\"name\":\"DELIVERED_TO_HANDSET\"}} ] }\n";
    }

    /** From an address not used before, so that no test is slowed down by another's wrong credentials. */
    private static HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        List<String> all = new ArrayList<>(List.of(headers));
        if (!all.contains("X-Forwarded-For") && !all.contains("Forwarded")) {
            all.addAll(List.of("X-Forwarded-For", NETWORK + LAST.incrementAndGet()));
        }
        return bridge.post("/infobip/delivery-reports" + path, body, all.toArray(String[]::new));
    }

    private static void isTaken(String path, String id, String... headers) throws Exception {
        HttpResponse<String> response = post(path, report(id), headers);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(stored(id)).isEqualTo(1);
    }

    private static void isRefused(int status, String reason, String path, String id, String... headers) throws Exception {
        double before = refused(reason);
        long rows = rows();
        HttpResponse<String> response = post(path, report(id), headers);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(TestBridge.JSON.readTree(response.body()).get("status").asText()).isEqualTo("error");
        assertThat(response.body()).doesNotContain("5ecret").doesNotContain("t0ken").doesNotContain("0n-token");
        assertThat(refused(reason)).isEqualTo(before + 1);
        assertThat(stored(id)).isZero();
        assertThat(rows()).isEqualTo(rows);
    }

    private static int stored(String id) throws Exception {
        return (int) count("SELECT COUNT(*) FROM message WHERE id = '" + id + "'");
    }

    private static long rows() throws Exception {
        return count("SELECT (SELECT COUNT(*) FROM message) + (SELECT COUNT(*) FROM event) + (SELECT COUNT(*) FROM outbox) + (SELECT COUNT(*) FROM dead_letter)");
    }

    private static long count(String sql) throws Exception {
        try (Connection connection = bridge.ledger(); Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static double refused(String reason) throws Exception {
        return bridge.manage("GET", "/observe/metrics", "").body().lines().filter(line -> line.startsWith("smsbridge_doors_refused_total{")
                && line.contains("door=\"webhooks\"") && line.contains("reason=\"" + reason + "\"")).mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf('}') + 1))).sum();
    }

    @Test
    void ofTwoTokensBothAreTakenWhileOneIsRotated() throws Exception {
        isTaken("/rotated/new-t0ken", "token-1");
        isTaken("/rotated/old-t0ken", "token-2");
        isTaken("/rotated/old-t0ken//", "token-3");
        isTaken("/plain/comm0n-token", "token-4");
        for (String path : List.of("/rotated", "/rotated/", "/rotated/new-t0ke", "/rotated/new-t0ken,old-t0ken", "/rotated/comm0n-token", "/rotated/NEW-T0KEN",
                "/rotated/new-t0ken/more", "/plain/new-t0ken", "/plain")) {
            isRefused(401, "token", path, "token-wrong");
        }
    }

    @Test
    void basicOfEitherPairOpens() throws Exception {
        isTaken("/basic", "basic-1", "Authorization", BASIC);
        isTaken("/basic", "basic-2", "Authorization", "basic  " + base64("infobip:second-5ecret-password"));
        for (String wrong : List.of("Basic " + base64("infobip:first-5ecret-passwor"), "Basic " + base64("other:first-5ecret-password"), "Bearer " + base64("infobip:first-5ecret-password"),
                "Basic %%%", "Basic", "App x")) {
            isRefused(401, "basic", "/basic", "basic-wrong", "Authorization", wrong);
        }
        isRefused(401, "basic", "/basic", "basic-wrong");
        isRefused(401, "basic", "/basic/comm0n-token", "basic-wrong");
    }

    @ParameterizedTest
    @ValueSource(strings = {"delivery-reports", "inbound-messages", "clicks"})
    void theDoorIsTheSameForAllKinds(String kind) throws Exception {
        assertThat(bridge.post("/infobip/" + kind + "/basic", "{\"results\": []}", "Authorization", BASIC).statusCode()).isEqualTo(200);
        assertThat(bridge.post("/infobip/" + kind + "/basic", "{\"results\": []}", "X-Forwarded-For", NETWORK + LAST.incrementAndGet()).statusCode()).isEqualTo(401);
    }

    @Test
    void aSecretHeaderOpens() throws Exception {
        isTaken("/header", "header-1", "x-key", "first-5ecret-of-header");
        isTaken("/header", "header-2", "X-Key", "second-5ecret-of-header");
        isRefused(401, "header", "/header", "header-wrong");
        isRefused(401, "header", "/header", "header-wrong", "X-Key", "third-5ecret-of-header");
        isRefused(401, "header", "/header", "header-wrong", "X-Other", "first-5ecret-of-header");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "X-Forwarded-For | 198.51.100.201 | 200", "X-Forwarded-For | 203.0.113.9, 198.51.100.201 | 200", "X-Forwarded-For | 198.51.100.201, 192.0.2.7 | 200",
        "X-Forwarded-For | 2001:db8::17 | 200", "X-Forwarded-For | ::ffff:198.51.100.201 | 200", "X-Forwarded-For | 198.51.100.201:4711 | 200",
        "Forwarded | for=198.51.100.201 | 200", "Forwarded | for=203.0.113.9, For=\"[2001:db8::17]:4711\";proto=https | 200",
        // Whoever is no proxy of ours can write what it likes before its own address.
        "X-Forwarded-For | 198.51.100.201, 203.0.113.9 | 403", "X-Forwarded-For | 203.0.113.9 | 403", "X-Forwarded-For | 2001:db9::17 | 403",
        "Forwarded | for=198.51.100.201, for=203.0.113.9 | 403", "X-Forwarded-For | unknown | 403", "X-Forwarded-For | 127.0.0.1 | 403"})
    void onlyItsNetworksMayPost(String header, String address, int status) throws Exception {
        assertThat(post("/network", report("network-" + status), header, address).statusCode()).isEqualTo(status);
        if (status == 403) {
            assertThat(stored("network-403")).isZero();
        }
    }

    @Test
    void theBodysBytesAreSigned() throws Exception {
        isTaken("/signed", "signed-1", "X-Hub-Signature", "SHA256=" + hex(FIRST, report("signed-1")));
        isTaken("/signed", "signed-2", "X-Hub-Signature", "sha256=" + hex(SECOND, report("signed-2")).toUpperCase(java.util.Locale.ROOT));
        isTaken("/signed", "signed-3", "x-hub-signature", hex(FIRST, report("signed-3")));
        isTaken("/signed", "signed-4", "X-Hub-Signature", Base64.getEncoder().encodeToString(hmac("HmacSHA256", FIRST, report("signed-4"))));
        isTaken("/named", "named-1", "X-Signature", "SHA512=" + HexFormat.of().formatHex(hmac("HmacSHA512", FIRST, report("named-1"))));
        // What Infobip repeats is signed as before, and is known.
        isTaken("/signed", "signed-1", "X-Hub-Signature", "SHA256=" + hex(FIRST, report("signed-1")));

        for (String wrong : List.of(hex("third-5ecret-for-hmac", report("signed-wrong")), hex(FIRST, report("signed-wrong").strip()), hex(FIRST, ""), "SHA512=" + hex(FIRST, report("signed-wrong")),
                hex(FIRST, report("signed-wrong")).substring(2), "SHA256=", "none of it", "\u00e4")) {
            isRefused(401, "signature", "/signed", "signed-wrong", "X-Hub-Signature", wrong);
        }
        isRefused(401, "signature", "/signed", "signed-wrong");
        isRefused(401, "signature", "/signed", "signed-wrong", "X-Signature", hex(FIRST, report("signed-wrong")));
        isRefused(401, "signature", "/named", "named-wrong", "X-Signature", hex(FIRST, report("named-wrong")));
    }

    /** Computed by openssl dgst -hmac. */
    @ParameterizedTest
    @CsvSource({"signed, X-Hub-Signature, 94042d77914962ba95d97fd6737bd01fb6b5e239ef2fd98eeaf5a8e900fef48a",
        "named, X-Signature, dac9a2261c039d9d233b4bd0bf40d30a911dece83afadcd95c20a8434407af10019a562afad5cc78db79770fc90af3f4e6b18e05eafc6ce501ecdbda24f12c50",
        "timed, X-Ib-Exchange-Req-Signature, 101a04fdfca4d51c101d6fd7b58dfa11391c678acba24af5547c7f85ac5382de"})
    void isHmacAsOthersComputeIt(String account, String header, String signature) throws Exception {
        assertThat(post("/" + account, "{\"results\": []}", header, signature, "X-Ib-Exchange-Req-Timestamp", "1764290000").statusCode()).isEqualTo(200);
    }

    @Test
    void theTimeIsSignedToo() throws Exception {
        String old = "1577836800";
        isTaken("/timed", "timed-1", timed("timed-1", String.valueOf(Instant.now().toEpochMilli())));
        isTaken("/timed", "timed-2", timed("timed-2", old));
        isTaken("/timed", "timed-3", timed("timed-3", "2020-01-01T00:00:00Z"));

        String[] changed = timed("timed-wrong", old);
        changed[3] = "1577836801";
        isRefused(401, "signature", "/timed", "timed-wrong", changed);
        isRefused(401, "signature", "/timed", "timed-wrong", "X-Ib-Exchange-Req-Signature", hex(FIRST, old + report("timed-wrong")));
        isRefused(401, "signature", "/timed", "timed-wrong", "X-Ib-Exchange-Req-Timestamp", old);
    }

    @Test
    void oneSchemeIsNoWayAroundTheOther() throws Exception {
        isRefused(401, "signature", "/timed", "scheme-wrong", "X-Hub-Signature", "SHA256=" + hex(FIRST, report("scheme-wrong")));
        isRefused(401, "signature", "/timed", "scheme-wrong", "X-Ib-Exchange-Req-Signature", hex(FIRST, report("scheme-wrong")), "X-Ib-Exchange-Req-Timestamp", "1");
        isRefused(401, "signature", "/signed", "scheme-wrong", timed("scheme-wrong", "1577836800"));
        isRefused(401, "signature", "/signed", "scheme-wrong", "X-Hub-Signature", hex(FIRST, "1577836800" + report("scheme-wrong")), "X-Ib-Exchange-Req-Timestamp", "1577836800");
    }

    @Test
    void theAgeIsCheckedWhereAskedFor() throws Exception {
        Instant now = Instant.now();
        isTaken("/recent", "recent-1", timed("recent-1", String.valueOf(now.getEpochSecond())));
        isTaken("/recent", "recent-2", timed("recent-2", String.valueOf(now.minus(2, ChronoUnit.DAYS).toEpochMilli())));
        isTaken("/recent", "recent-3", timed("recent-3", now.minus(2, ChronoUnit.DAYS).toString()));
        for (String time : List.of(String.valueOf(now.minus(4, ChronoUnit.DAYS).getEpochSecond()), String.valueOf(now.plus(4, ChronoUnit.DAYS).getEpochSecond()), "yesterday")) {
            isRefused(401, "age", "/recent", "recent-wrong", timed("recent-wrong", time));
        }
    }

    private static String[] timed(String id, String time) throws Exception {
        return new String[] {"X-Ib-Exchange-Req-Signature", hex(FIRST, time + report(id)), "X-Ib-Exchange-Req-Timestamp", time};
    }

    @Test
    void allThatIsStatedHasToBeMet() throws Exception {
        String signature = hex(FIRST, report("all-1"));
        String right = hex(FIRST, report("all-wrong"));
        isTaken("/all/al1-token", "all-1", "Authorization", BASIC, "X-Hub-Signature", signature);
        isRefused(401, "token", "/all", "all-wrong", "Authorization", BASIC, "X-Hub-Signature", right);
        isRefused(401, "basic", "/all/al1-token", "all-wrong", "X-Hub-Signature", right);
        isRefused(401, "signature", "/all/al1-token", "all-wrong", "Authorization", BASIC);
        isRefused(403, "network", "/all/al1-token", "all-wrong", "Authorization", BASIC, "X-Hub-Signature", right, "X-Forwarded-For", "203.0.113.77");
    }

    /** As accounts have rules of their own here. */
    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/comm0n-token", "/nobody", "/nobody/comm0n-token", "/BASIC/comm0n-token", "/%62asic%2fcomm0n-token"})
    void aPathWithoutAnAccountIsNoWayAroundItsDoor(String path) throws Exception {
        isRefused(401, "account", path, "unnamed-wrong");
    }

    @Test
    void wrongCredentialsAreAnsweredLaterAndLater() throws Exception {
        String guesser = "203.0.113.55";
        for (int i = 0; i < 4; i++) {
            isRefused(401, "token", "/plain/guess", "guess-wrong", "X-Forwarded-For", guesser);
        }
        long began = System.nanoTime();
        isRefused(401, "token", "/plain/guess", "guess-wrong", "X-Forwarded-For", guesser);
        assertThat(System.nanoTime() - began).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(900));
        // Infobip and a guesser can come by the same address, such as a proxy that is not declared.
        isTaken("/plain/comm0n-token", "guess-1", "X-Forwarded-For", guesser);
        assertThat(bridge.logged()).anyMatch(line -> line.contains("webhooks: " + guesser + " was refused, reason: token; 4 in a row"))
                .noneMatch(line -> line.contains(guesser) && line.contains("; 3 in a row"));
    }
}
