package io.smsbridge.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.smsbridge.text.Networks;

/** What the settings of webhooks have to be, webhooks.* and an account's own. No problem shows a secret. */
final class WebhookRules {

    /** What a guess would have to hit: less than this many characters is no secret. */
    private static final int SHORTEST_SECRET = 16;

    private final FieldRules rules;

    WebhookRules(FieldRules rules) {
        this.rules = rules;
    }

    void check(Settings settings) {
        UnaryOperator<String> all = name -> settings.get("webhooks." + name);
        check(all, name -> "webhooks." + name);
        together(all, name -> "webhooks." + name, settings);
        for (Block account : settings.blocks(BlockKind.ACCOUNT)) {
            UnaryOperator<String> own = name -> account.get(WebhookSettings.setting(name));
            UnaryOperator<String> key = name -> account.key(WebhookSettings.setting(name));
            check(own, key);
            if (WebhookSettings.NAMES.stream().anyMatch(name -> !own.apply(name).isEmpty())) {
                together(name -> own.apply(name).isEmpty() ? all.apply(name) : own.apply(name), key, settings);
            }
        }
    }

    private void check(UnaryOperator<String> value, UnaryOperator<String> key) {
        WebhookSettings.list(value.apply("token")).stream().filter(token -> !token.matches("[A-Za-z0-9._~-]+")).findFirst().ifPresent(token ->
                rules.add(key.apply("token") + ": is part of a URL, and has to be letters, digits, . _ ~ and - only; of several, separated by commas, the first is given out"));
        if (WebhookSettings.list(value.apply("token")).size() > 1 && WebhookSettings.list(value.apply("token")).contains(WebhookSettings.NONE)) {
            rules.add(key.apply("token") + ": none stands alone, or not at all");
        }
        pairs(value, key, "basic", "[^:]+:.+", "USER:PASSWORD");
        pairs(value, key, "header", WebhookSettings.HEADER + ":\\s*\\S.*", "Name: value");
        longEnough(value, key, "signatureSecret");
        if (!none(value, "sources")) {
            told(key.apply("sources"), () -> Networks.of(value.apply("sources")));
        }
        if (!none(value, "signature")) {
            told(key.apply("signature"), () -> WebhookSettings.signature(value.apply("signature"), List.of(), 0));
        }
        String maxAge = value.apply("signatureMaxAge");
        if (!none(value, "signatureMaxAge")) {
            int before = rules.problems().size();
            if (rules.duration(key.apply("signatureMaxAge"), maxAge) < TimeUnit.MINUTES.toMillis(1) && rules.problems().size() == before) {
                rules.add(key.apply("signatureMaxAge") + ": '" + maxAge + "' is less than 1m");
            }
        }
        if (!value.apply("urls").isEmpty()) {
            rules.oneOf(key.apply("urls"), value.apply("urls"), Set.of("message", "subscription"));
        }
    }

    private boolean none(UnaryOperator<String> value, String name) {
        return value.apply(name).isEmpty() || value.apply(name).equals(WebhookSettings.NONE);
    }

    private void pairs(UnaryOperator<String> value, UnaryOperator<String> key, String name, String form, String shown) {
        List<String> pairs = none(value, name) ? List.of() : WebhookSettings.list(value.apply(name));
        for (int i = 0; i < pairs.size(); i++) {
            if (!pairs.get(i).matches(form)) {
                rules.add(key.apply(name) + ": part " + (i + 1) + " is not of the form " + shown + "; a comma separates parts");
            } else if (pairs.get(i).substring(pairs.get(i).indexOf(':') + 1).strip().length() < SHORTEST_SECRET) {
                rules.add(key.apply(name) + ": part " + (i + 1) + " has a secret of less than " + SHORTEST_SECRET + " characters; give a long random one");
            }
        }
    }

    private void longEnough(UnaryOperator<String> value, UnaryOperator<String> key, String name) {
        if (!none(value, name) && WebhookSettings.list(value.apply(name)).stream().anyMatch(secret -> secret.length() < SHORTEST_SECRET)) {
            rules.add(key.apply(name) + ": has a secret of less than " + SHORTEST_SECRET + " characters; give a long random one");
        }
    }

    private void together(UnaryOperator<String> value, UnaryOperator<String> key, Settings settings) {
        boolean signed = !none(value, "signature");
        if (signed && none(value, "signatureSecret")) {
            rules.add(key.apply("signatureSecret") + ": missing; the secret that is entered in Infobip's portal, too");
        }
        if (!signed && !none(value, "signatureSecret")) {
            rules.add(key.apply("signature") + ": missing, and a secret is given; say what is signed, body or timestamp");
        }
        if (!none(value, "signatureMaxAge") && !value.apply("signature").startsWith("timestamp")) {
            rules.add(key.apply("signatureMaxAge") + ": only a signature of timestamp and body holds a time");
        }
        if (!none(value, "clientCertificate") && settings.get("http.tlsClientCas").isEmpty()) {
            rules.add(key.apply("clientCertificate") + ": needs http.tlsCertificate, and http.tlsClientCas, the certificates that clients' are signed by");
        }
    }

    /** What works only where Infobip is set up in a way that its public documents do not tell of. */
    static List<String> warnings(Settings settings) {
        List<String> warnings = new ArrayList<>();
        for (Block account : settings.blocks(BlockKind.ACCOUNT)) {
            WebhookSettings webhooks = WebhookSettings.of(settings, account);
            if (webhooks.isOpen() && !OpenDoors.toStrangers(settings, "http").isEmpty()) {
                warnings.add(account.key("webhookToken") + ": none, and nothing else is asked of webhooks, so anyone who can reach port "
                        + settings.get("http.port") + " can post delivery reports.");
            }
            boolean authenticated = !webhooks.basic().isEmpty() || !webhooks.headers().isEmpty() || webhooks.signature() != null || !webhooks.clientCertificates().isEmpty();
            if (authenticated && !webhooks.subscription() && account.has("publicUrl")) {
                warnings.add(account.key("webhookUrls") + ": Infobip authenticates itself by the subscriptions of its portal, and not to a URL that comes with a"
                        + " message; its reports are refused then. Make subscriptions, and set this to subscription.");
            }
            if (webhooks.signature() != null && webhooks.signature().maxAge() > 0 && webhooks.signature().maxAge() < TimeUnit.DAYS.toMillis(2)) {
                warnings.add(account.key("webhookSignatureMaxAge") + ": less than 2d; a webhook that Infobip repeats may carry its first time, and what it says, a STOP too, is lost then.");
            }
        }
        return warnings;
    }

    private void told(String key, Runnable read) {
        try {
            read.run();
        } catch (IllegalArgumentException e) {
            rules.add(key + ": " + e.getMessage());
        }
    }
}
