package io.smsbridge.settings;

import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What a downstream's settings have to be. */
final class DownstreamRules {

    /** What another Camel endpoint has options of its own for, if it has it at all. */
    private static final List<String> FOR_HTTP = List.of("basicUsername", "basicPassword", "bearerToken", "oauth2TokenUrl", "oauth2ClientId",
            "oauth2ClientSecret", "oauth2Scope", "oauth2CredentialsIn", "signingSecrets", "keyStore", "keyStorePassword", "trustStore", "trustStorePassword",
            "connectTimeout", "responseTimeout");

    private final FieldRules rules;
    private final Settings settings;
    private final Set<String> maps;

    /** @param maps names of the maps there are, without .jslt */
    DownstreamRules(FieldRules rules, Settings settings, Set<String> maps) {
        this.rules = rules;
        this.settings = settings;
        this.maps = maps;
    }

    void check(Block downstream) {
        rules.required(downstream, "url", "where events are posted to");
        WebUrl url = downstream.endpoint() == null ? rules.url(downstream, "url") : null;
        if (!settings.sandboxOn() && url != null && url.withoutQuery().startsWith(settings.get("sandbox.url") + "/sandbox/")) {
            rules.add(downstream.key("url") + ": is the sandbox's echo, and the sandbox is off; give an endpoint of yours, or take the block out");
        }
        if (!maps.contains(downstream.get("format"))) {
            rules.add(downstream.key("format") + ": there is no map " + downstream.get("format") + ".jslt in routes/maps; there are "
                    + String.join(", ", maps));
        }
        rules.wholeNumber(downstream, "itemsPerPost", 1, 10_000);
        rules.wholeNumber(downstream, "parallelPosts", 1, 1_000);
        if (!downstream.get("retryMultiplier").matches("[0-9]+(\\.[0-9]+)?")) {
            rules.add(downstream.key("retryMultiplier") + ": has to be a number such as 2");
        }
        if (!downstream.get("retryJitter").matches("0(\\.[0-9]+)?|1")) {
            rules.add(downstream.key("retryJitter") + ": has to be a number from 0 to 1, such as 0.1");
        }
        rules.wholeNumber(downstream, "retryMaxAttempts", 1, 1_000_000);
        rules.wholeNumber(downstream, "downAfter", 0, 1_000_000);
        Stream.of("probeDelay", "probeMaxDelay").filter(downstream::has).forEach(setting -> rules.duration(downstream, setting));
        Set<String> types = DownstreamSettings.types(downstream.get("events"));
        types.stream().filter(type -> !DownstreamSettings.EVENT_TYPES.contains(type)).forEach(type -> rules.add(
                downstream.key("events") + ": '" + type + "' is none of " + String.join(", ", new TreeSet<>(DownstreamSettings.EVENT_TYPES))));
        rules.credential(downstream, "bearerToken", "the token alone; for Basic give basicUsername and basicPassword");
        if (downstream.has("basicUsername") && downstream.has("bearerToken")) {
            rules.add(downstream.key("bearerToken") + ": give either this or basicUsername, not both");
        }
        if (downstream.endpoint() == null) {
            oauth(downstream);
            signing(downstream);
            tls(downstream, url);
        } else {
            endpoint(downstream);
        }
    }

    private void oauth(Block downstream) {
        rules.oneOf(downstream.key("oauth2CredentialsIn"), downstream.get("oauth2CredentialsIn"), Set.of("header", "body"));
        if (!downstream.has("oauth2TokenUrl")) {
            Stream.of("oauth2ClientId", "oauth2ClientSecret", "oauth2Scope").filter(downstream::has).findFirst().ifPresent(setting ->
                    rules.add(downstream.key("oauth2TokenUrl") + ": missing; where a token is fetched, as " + setting + " is given"));
            return;
        }
        WebUrl url = rules.url(downstream, "oauth2TokenUrl");
        if (url != null && url.isOpen()) {
            rules.add(downstream.key("oauth2TokenUrl") + ": has to begin with https:// (http only for localhost), as the client's secret is sent there");
        }
        rules.required(downstream, "oauth2ClientId", "the client that a token is fetched for");
        rules.required(downstream, "oauth2ClientSecret", "the secret of oauth2ClientId");
        Stream.of("basicUsername", "bearerToken").filter(downstream::has).forEach(setting ->
                rules.add(downstream.key("oauth2TokenUrl") + ": give either this or " + setting + ", not both"));
    }

    private void signing(Block downstream) {
        for (String secret : downstream.get("signingSecrets").split(",")) {
            int bytes;
            try {
                bytes = Base64.getDecoder().decode(secret.strip().replaceFirst("^whsec_", "")).length;
            } catch (IllegalArgumentException e) {
                bytes = 0;
            }
            // Standard Webhooks asks for 24 to 64.
            if (!secret.isBlank() && (bytes < 24 || bytes > 64)) {
                rules.add(downstream.key("signingSecrets") + ": has to be whsec_ and 24 to 64 random bytes in Base64, as 'openssl rand -base64 32' makes them;"
                        + " several separated by commas");
                return;
            }
        }
    }

    private void tls(Block downstream, WebUrl url) {
        for (String store : new String[] {"keyStore", "trustStore"}) {
            if (downstream.has(store + "Password") && !downstream.has(store)) {
                rules.add(downstream.key(store) + ": missing, as " + store + "Password is given");
            }
            if (downstream.has(store) && url != null && !url.server().startsWith("https:") && !downstream.get("oauth2TokenUrl").startsWith("https:")) {
                rules.add(downstream.key("url") + ": has to begin with https://, as " + store + " is given");
            }
        }
    }

    private void endpoint(Block downstream) {
        FOR_HTTP.stream().filter(downstream.values()::containsKey).filter(setting -> !downstream.get(setting).isEmpty()).forEach(setting ->
                rules.add(downstream.key(setting) + ": is for http and https; take it out, and give what the component " + downstream.endpoint().scheme()
                        + " has for it as an option of the url"));
    }
}
