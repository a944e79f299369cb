package io.smsbridge.settings;

import java.io.IOException;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.smsbridge.text.CopiedText;
import io.smsbridge.text.Networks;
import org.apache.camel.spi.PropertiesComponent;
import org.postgresql.Driver;

/** What the single keys have to be, before Camel configures itself from them. */
final class SingleKeyRules {

    static final List<String> GROUPS = List.of("http.", "management.", "console.", "log.", "tracing.", "sms.", "webhooks.", "sandbox.", "data.", "ledger.", "optOut.", "outgoing.", "queue.");
    /** Those with a public key: a secret shared with the issuer would be in two places. */
    private static final Set<String> ALGORITHMS = Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");
    private static final long SMALLEST_STORE = 200L << 20;
    private static final long SMALLEST_FREE = 200L << 20;

    private final FieldRules rules = new FieldRules();
    private final UnaryOperator<String> value;

    private SingleKeyRules(PropertiesComponent properties) {
        value = key -> CopiedText.trimmed(properties.resolveProperty(key).orElse(""));
    }

    static List<String> problems(PropertiesComponent properties) throws IOException {
        SingleKeyRules check = new SingleKeyRules(properties);
        FieldRules rules = check.rules;
        for (String key : new TreeSet<>(DefaultSettings.load().stringPropertyNames())) {
            if (GROUPS.stream().anyMatch(key::startsWith)) {
                try {
                    properties.parseUri("{{" + key + "}}");
                } catch (IllegalArgumentException e) {
                    // resolveProperty finds no value then, as if a key or a password were not wanted.
                    rules.add(key + ": " + Settings.missing(e));
                }
            }
        }
        if (!rules.problems().isEmpty()) {
            return rules.problems();
        }
        check.all();
        return rules.problems();
    }

    private void all() {
        rules.wholeNumber("http.port", value.apply("http.port"), 1, 65535);
        rules.wholeNumber("http.threads", value.apply("http.threads"), 1, 10_000);
        rules.wholeNumber("http.maxBodySize", value.apply("http.maxBodySize"), 1, Integer.MAX_VALUE);
        rules.duration("http.requestTimeout", value.apply("http.requestTimeout"));
        rules.duration("http.idleTimeout", value.apply("http.idleTimeout"));
        rules.wholeNumber("http.maxConnections", value.apply("http.maxConnections"), 1, 1_000_000);
        rules.wholeNumber("http.maxConnectionsPerSource", value.apply("http.maxConnectionsPerSource"), 1, 1_000_000);
        management();
        tracing(value.apply("tracing.url"));
        callers();
        try {
            Networks.of(value.apply("http.trustedProxies"));
        } catch (IllegalArgumentException e) {
            rules.add("http.trustedProxies: " + e.getMessage());
        }
        rules.oneOf("log.format", value.apply("log.format"), Set.of("text", "json"));
        rules.oneOf("log.stackTraces", value.apply("log.stackTraces"), Set.of("true", "false"));
        rules.wholeNumber("sms.maxRecipients", value.apply("sms.maxRecipients"), 1, 10_000);
        rules.size("data.maxSize", value.apply("data.maxSize"), SMALLEST_STORE, "and the log of what is written alone can take 100MB");
        rules.size("data.minFreeDisk", value.apply("data.minFreeDisk"), SMALLEST_FREE, "and the log of what is written alone can take 100MB");
        ledger();
        rules.oneOf("optOut.enforce", value.apply("optOut.enforce"), Set.of("true", "false"));
        try {
            Networks.of(value.apply("outgoing.allowedAddresses"));
        } catch (IllegalArgumentException e) {
            rules.add("outgoing.allowedAddresses: " + e.getMessage());
        }
        rules.oneOf("sandbox.clients", value.apply("sandbox.clients"), Set.of("loopback", "any"));
        rules.oneOf("sandbox.enabled", value.apply("sandbox.enabled"), Set.of("auto", "true", "false"));
    }

    private void callers() {
        if (!value.apply("sms.apiKeyHeader").matches("[A-Za-z0-9-]+") || value.apply("sms.apiKeyHeader").equalsIgnoreCase("Authorization")) {
            rules.add("sms.apiKeyHeader: '" + value.apply("sms.apiKeyHeader") + "' has to be the name of a header other than Authorization, such as X-API-Key");
        }
        long lifetime = rules.duration("sms.tokenLifetime", value.apply("sms.tokenLifetime"));
        if (lifetime < TimeUnit.SECONDS.toMillis(1) || lifetime > TimeUnit.DAYS.toMillis(1)) {
            rules.add("sms.tokenLifetime: '" + value.apply("sms.tokenLifetime") + "' has to be from 1s to 24h");
        }
        rules.oneOf("sms.jwt.algorithm", value.apply("sms.jwt.algorithm"), ALGORITHMS);
        if (value.apply("sms.jwt.issuer").isEmpty()) {
            return;
        }
        for (String key : List.of("sms.jwt.audience", "sms.jwt.callerClaim")) {
            if (value.apply(key).isEmpty()) {
                rules.add(key + ": missing; tokens of sms.jwt.issuer are taken for one audience, and name the caller by a claim");
            }
        }
        WebUrl keys = rules.url("sms.jwt.keysUrl", value.apply("sms.jwt.keysUrl"));
        if (keys != null && keys.server().startsWith("http:") && !OpenDoors.isLoopback(keys.host())) {
            rules.add("sms.jwt.keysUrl: has to begin with https:// (http only for localhost), as whoever changes the keys on their way can call");
        }
    }

    private void tracing(String text) {
        WebUrl url = text.isEmpty() ? null : rules.url("tracing.url", text);
        if (url != null && url.path().isEmpty()) {
            rules.add("tracing.url: '" + text + "' has to be a URL such as http://localhost:4318/v1/traces, or empty");
        }
    }

    private void management() {
        rules.oneOf("management.enabled", value.apply("management.enabled"), Set.of("true", "false"));
        rules.wholeNumber("management.port", value.apply("management.port"), 1, 65535);
        if (value.apply("management.enabled").equals("true") && value.apply("management.port").equals(value.apply("http.port"))) {
            rules.add("management.port: " + value.apply("management.port") + " is http.port, too; choose another");
        }
        if (!value.apply("console.username").matches("[^:\\s]+")) {
            rules.add("console.username: '" + value.apply("console.username") + "' has to be a name without spaces and :");
        }
        rules.duration("console.sessionTimeout", value.apply("console.sessionTimeout"));
    }

    private void ledger() {
        String url = value.apply("ledger.url");
        if (!url.isEmpty() && !url.startsWith("jdbc:sqlite:") && !url.startsWith("jdbc:postgresql:")) {
            rules.add("ledger.url: has to begin with jdbc:postgresql:// or jdbc:sqlite:, or be empty for a file in data.directory");
        } else if (url.startsWith("jdbc:postgresql:") && Driver.parseURL(url, new Properties()) == null) {
            rules.add("ledger.url: is no URL that PostgreSQL's driver can read, such as jdbc:postgresql://host:5432/bridge");
        } else if (url.matches("jdbc:sqlite:(|file:)(|\\?.*|:.*)")) {
            rules.add("ledger.url: names no file; a ledger in memory would be lost with the process");
        }
        rules.wholeNumber("ledger.connectTimeout", value.apply("ledger.connectTimeout"), 250, 60_000);
        long retention = rules.duration("ledger.retention", value.apply("ledger.retention"));
        long replyWindow = rules.duration("ledger.replyWindow", value.apply("ledger.replyWindow"));
        if (retention < TimeUnit.DAYS.toMillis(2)) {
            rules.add("ledger.retention: '" + value.apply("ledger.retention") + "' is less than 2d, and Infobip may repeat what it said");
        }
        long letters = rules.duration("ledger.deadLetterRetention", value.apply("ledger.deadLetterRetention"));
        if (letters > 0 && letters < TimeUnit.DAYS.toMillis(1)) {
            rules.add("ledger.deadLetterRetention: '" + value.apply("ledger.deadLetterRetention")
                    + "' is less than 1d, and somebody has to have time to handle them; 0s keeps them until then");
        }
        rules.oneOf("ledger.text", value.apply("ledger.text"), Set.of("kept", "none"));
        if (replyWindow > retention) {
            rules.add("ledger.replyWindow: '" + value.apply("ledger.replyWindow") + "' is longer than ledger.retention, "
                    + value.apply("ledger.retention"));
        }
    }
}
