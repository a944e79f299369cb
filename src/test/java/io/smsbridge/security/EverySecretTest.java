package io.smsbridge.security;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.smsbridge.FreePort;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import io.smsbridge.TestCertificates;
import io.smsbridge.observe.LogLevels;
import io.smsbridge.settings.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A secret of its own in each setting that takes one, and calls that fail in each way: none is seen at any door, in JMX, or in the log at DEBUG, below which the console lets nobody go. */
class EverySecretTest {

    private static final Pattern SECRET_KEY = Pattern.compile("(?i).*(password|apikey|token|secret|\\.basic|\\.header)$");
    private static final Pattern SECRET_PARAMETER = Pattern.compile("- name: (\\w+)\\s+(?:[a-zA-Z]+: [^\\n]*\\s+)*?description: \"Secret\\.");
    /** The bridge's own log and its libraries', without those of the peers, which are in this process, too. */
    private static final List<String> LOGGERS = List.of("io.smsbridge", "org.apache.camel", "io.vertx", "io.netty", "com.zaxxer", "org.flywaydb", "org.postgresql",
            "accept-sends", "send-via-main", "forward-to-basic", "forward-to-bearer", "forward-to-oauth", "forward-to-tls", "receive-delivery-reports");

    @TempDir
    Path home;
    /** What is planted, by the setting. */
    private final Map<String, String> planted = new LinkedHashMap<>();

    private String secret(String setting) {
        return planted.computeIfAbsent(setting, key -> "5ecret" + (100 + planted.size()) + "-of-some-length");
    }

    private String line(String setting, String form) {
        return setting + "=" + form.formatted(secret(setting)) + "\n";
    }

    /** The single keys that take a secret, by their names; an account's and a downstream's, by their descriptions. */
    private static Set<String> all() throws IOException {
        Properties keys = new Properties();
        try (var in = Files.newBufferedReader(Path.of("application.properties"))) {
            keys.load(in);
        }
        Set<String> all = keys.stringPropertyNames().stream().filter(key -> SECRET_KEY.matcher(key).matches() && !Settings.isBlockKey(key))
                .collect(Collectors.toCollection(TreeSet::new));
        for (String[] block : new String[][] {{"account.", "1-send/send-via-account"}, {"downstream.", "3-forward/forward-to-downstream"}}) {
            SECRET_PARAMETER.matcher(Files.readString(Path.of("routes", block[1] + ".yaml"))).results().forEach(found -> all.add(block[0] + found.group(1)));
        }
        return all;
    }

    @Test
    void isSeenNowhere() throws Exception {
        int managementPort = FreePort.find();
        TestCertificates.make(home, "http", "localhost", secret("http.tlsPassword"));
        TestCertificates.make(home, "manage", "localhost", secret("management.tlsPassword"));
        TestCertificates.make(home, "client", "client.example.com", secret("downstream.tls.keyStorePassword"));
        TestCertificates.make(home, "trusted", "trusted.example.com", secret("downstream.tls.trustStorePassword"));
        String signing = Base64.getEncoder().encodeToString(secret("downstream.basic.signingSecrets").concat("-longer").getBytes(StandardCharsets.UTF_8));
        planted.put("downstream.basic.signingSecrets", signing);
        try (ScriptedInfobip infobip = new ScriptedInfobip(); ScriptedDownstream downstream = new ScriptedDownstream()) {
            downstream.answers("/token", Stream.generate(() -> aResponse().withStatus(401)).limit(500).toArray(com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder[]::new));
            String settings = """
                    management.port=%1$d
                    http.tlsCertificate=http.p12
                    management.tlsCertificate=manage.p12
                    account.main.baseUrl=%2$s
                    account.main.publicUrl=https://sms.example.com
                    account.main.webhookSignature=body
                    webhooks.signature=body
                    sms.default-account=main
                    account.other.baseUrl=http://localhost:1
                    account.other.apiKey=k
                    downstream.basic.url=%3$s/basic
                    downstream.bearer.url=%3$s/bearer
                    downstream.oauth.url=%3$s/oauth
                    downstream.oauth.oauth2TokenUrl=%3$s/token
                    downstream.oauth.oauth2ClientId=bridge
                    downstream.tls.url=https://localhost:1/tls
                    downstream.tls.keyStore=client.p12
                    downstream.tls.trustStore=trusted.p12
                    """.formatted(managementPort, infobip.url(), downstream.url())
                    + Stream.of("basic", "bearer", "oauth", "tls").map(name -> "downstream." + name + ".events=sent\ndownstream." + name + ".retryDelay=50ms\n"
                            + "downstream." + name + ".retryMaxDelay=100ms\n").collect(Collectors.joining())
                    + Stream.of("http.tlsPassword", "management.tlsPassword", "management.token", "console.password", "sms.apiKey", "webhooks.token", "webhooks.signatureSecret",
                            "sandbox.apiKey", "ledger.password", "account.main.apiKey", "account.main.webhookToken", "account.main.webhookSignatureSecret",
                            "downstream.basic.basicUsername", "downstream.basic.basicPassword", "downstream.bearer.bearerToken", "downstream.oauth.oauth2ClientSecret",
                            "downstream.tls.keyStorePassword", "downstream.tls.trustStorePassword").map(key -> line(key, "%s")).collect(Collectors.joining())
                    + Stream.of("webhooks.basic", "account.main.webhookBasic").map(key -> line(key, "infobip:%s")).collect(Collectors.joining())
                    + Stream.of("webhooks.header", "account.main.webhookHeader", "downstream.basic.headers").map(key -> line(key, "X-Key: %s")).collect(Collectors.joining())
                    + "downstream.basic.signingSecrets=whsec_" + signing + "\n";
            Set<String> kinds = planted.keySet().stream().map(key -> key.replaceFirst("^(account|downstream)\\.\\w+\\.", "$1.")).collect(Collectors.toSet());
            assertThat(kinds).as("settings with a planted secret").isEqualTo(all());

            int before = TestBridge.log().size();
            try (TestBridge bridge = new TestBridge(home, settings)) {
                lookEverywhere(bridge, infobip, downstream);
            }
            assertThat(TestBridge.logSince(before)).hasSizeGreaterThan(50).anyMatch(line -> line.contains(" DEBUG ")).noneMatch(this::tells);
        }
    }

    private void lookEverywhere(TestBridge bridge, ScriptedInfobip infobip, ScriptedDownstream downstream) throws Exception {
        LogLevels levels = new LogLevels();
        try {
            LOGGERS.forEach(logger -> levels.setLevel(logger, "DEBUG"));
            assertThatThrownBy(() -> levels.setLevel("io.vertx", "TRACE")).hasMessageContaining("below DEBUG");
            StringBuilder seen = new StringBuilder();
            for (String text : List.of("first", "second")) {
                assertThat(bridge.post("/sms/send", "{\"to\": \"447700900188\", \"text\": \"" + text + "\"}", "X-API-Key", secret("sms.apiKey")).statusCode()).isEqualTo(200);
            }
            await().until(() -> downstream.items("/basic").size() == 2 && downstream.items("/bearer").size() == 2 && downstream.posts("/token").size() > 1);
            infobip.answers(aResponse().withStatus(401), aResponse().withStatus(500).withBody("no"));
            assertThat(bridge.post("/sms/send", "{\"to\": \"447700900188\", \"text\": \"third\"}", "Authorization", "App " + secret("sms.apiKey")).statusCode()).isEqualTo(200);
            await().until(() -> !infobip.calls().isEmpty());

            // Refused, malformed and unknown; with the right credential in the wrong place, too.
            for (String path : List.of("/sms/send", "/sms/send/nobody", "/sms/nowhere", "/infobip/delivery-reports/main", "/infobip/delivery-reports/main/guess",
                    "/infobip/delivery-reports/main/" + secret("account.main.webhookToken"), "/nowhere")) {
                HttpResponse<String> answer = bridge.post(path, "{", "X-API-Key", path.endsWith("nobody") ? secret("sms.apiKey") : "guess");
                assertThat(answer.statusCode()).isBetween(400, 499);
                seen.append(answer.body()).append(answer.headers().map());
            }
            seen.append(bridge.post("/sms/send", "{\"to\": 7}", "X-API-Key", secret("sms.apiKey")).body());
            for (String path : List.of("/openapi.json", "/openapi", "/", "/sms/messages?to=447700900188")) {
                seen.append(bridge.get(path, "X-API-Key", secret("sms.apiKey")).body());
            }
            String console = "Basic " + Base64.getEncoder().encodeToString(("admin:" + secret("console.password")).getBytes(StandardCharsets.UTF_8));
            for (String path : List.of("/observe/health", "/observe/health?data=true", "/observe/health/ready", "/observe/metrics", "/observe/info", "/hawtio/",
                    "/hawtio/index.html", "/hawtio/jolokia/list", "/hawtio/jolokia/version", "/dead-letters", "/hawtio/auth/login", "/overview", "/overview/routes", "/messages?search=0188")) {
                seen.append(bridge.manage("GET", path, "").body());
                seen.append(bridge.manage("GET", path, "", "Authorization", console).body());
            }
            seen.append(bridge.manage("POST", "/hawtio/auth/login", "{\"username\":\"admin\",\"password\":\"guess\"}").body());
            seen.append(SecretsTest.everythingOverJolokia(bridge, secret("console.password")));
            assertThat(seen).hasSizeGreaterThan(300_000).contains("jvm_memory", "openapi");
            assertThat(tells(seen.toString())).as("seen at a door: " + told(seen.toString())).isFalse();
            assertThat(SecretsTest.everythingInJmx()).hasSizeGreaterThan(1000).noneMatch(this::tells);
        } finally {
            LOGGERS.forEach(logger -> levels.setLevel(logger, ""));
        }
    }

    private boolean tells(String text) {
        return planted.values().stream().anyMatch(text::contains);
    }

    private List<String> told(String text) {
        return planted.entrySet().stream().filter(one -> text.contains(one.getValue())).map(Map.Entry::getKey).toList();
    }
}
