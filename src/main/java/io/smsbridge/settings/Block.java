package io.smsbridge.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.camel.spi.RouteTemplateParameterSource;
import org.apache.camel.util.TimeUtils;

/**
 * One account or one downstream.
 *
 * @param name     the nickname, as in the keys
 * @param values   the settings given, by name
 * @param defaults every setting of the template with its default, empty where it has none
 * @param secrets  those whose description says so
 */
public record Block(BlockKind kind, String name, Map<String, String> values, Map<String, String> defaults, Set<String> secrets) {

    /** How the description of a setting begins that never becomes a parameter of a route, where a dump would show it. */
    static final String SECRET = "Secret.";

    /** What an account with a pullInterval fetches, as its queue is named, and where Infobip hands it out. */
    static final Map<String, String> PULLED = Map.of(
            "inbound-messages", "/sms/1/inbox/reports", "delivery-reports", "/sms/3/reports");

    /** The Camel endpoint that a downstream's URL names; null where it is http or https, or the block is an account. */
    public EndpointUrl endpoint() {
        return kind == BlockKind.DOWNSTREAM ? EndpointUrl.of(get("url")) : null;
    }

    /** The headers that go to a downstream's Camel endpoint with each message. */
    public Map<String, String> messageHeaders() {
        return HeaderLines.parse(get("headers"));
    }

    public String routeId() {
        return kind.routeIdPrefix() + name;
    }

    /** The full key of a setting, for messages. */
    public String key(String setting) {
        return kind.prefix() + "." + name + "." + setting;
    }

    /** The value given, or the default; empty when there is neither. */
    public String get(String setting) {
        String value = values.getOrDefault(setting, "");
        return value.isEmpty() ? defaults.getOrDefault(setting, "") : value;
    }

    boolean has(String setting) {
        return !get(setting).isEmpty();
    }

    Map<String, Object> routeParameters() {
        if (endpoint() != null) {
            return endpointParameters();
        }
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put(RouteTemplateParameterSource.TEMPLATE_ID, kind.template());
        // Every parameter, given or not: Camel would else take one from an environment variable of the same name.
        // The account's templateId goes by its other spelling, as templateId is Camel's word for the route template.
        defaults.keySet().stream().filter(setting -> !secrets.contains(setting)).forEach(setting ->
                parameters.put(setting.equals(RouteTemplateParameterSource.TEMPLATE_ID) ? "template-id" : setting, get(setting)));
        parameters.put("name", name);
        if (kind == BlockKind.ACCOUNT) {
            parameters.put("baseUrl", WebUrl.baseOf(get("baseUrl")));
            parameters.put("batchSize", String.valueOf(AccountSettings.of(name, this::get).batchSize()));
        } else {
            parameters.put("contentType", DownstreamSettings.of(name, this::get).contentType());
            // In an endpoint of Camel's a URL is read as options, sorted, and written anew; the HTTP client puts on the request what follows the server.
            parameters.put("server", WebUrl.of(get("url")).server());
        }
        return parameters;
    }

    /** Without the URL, which can hold secrets: the component downstream: knows it. */
    private Map<String, Object> endpointParameters() {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put(RouteTemplateParameterSource.TEMPLATE_ID, "forward-to-endpoint");
        parameters.put("name", name);
        parameters.put("contentType", DownstreamSettings.of(name, this::get).contentType());
        List.of("format", "itemsPerPost", "parallelPosts").forEach(setting -> parameters.put(setting, get(setting)));
        return parameters;
    }

    Map<String, Object> enrichParameters(boolean tellsOfSent) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put(RouteTemplateParameterSource.TEMPLATE_ID, "enrich-for-region");
        List.of("sender", "region", "principalEntityId", "telemarketerId", "brandCode", "recipientType", "resellerCode", "clickTracking", "customDomain",
                "deliveryTimeWindow").forEach(setting -> parameters.put(setting, get(setting)));
        parameters.put("name", name);
        parameters.put("template-id", get("templateId"));
        parameters.put("intermediateReport", String.valueOf(tellsOfSent));
        return parameters;
    }

    Map<String, Object> pullParameters(String pulled) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put(RouteTemplateParameterSource.TEMPLATE_ID, "pull-from-infobip");
        parameters.put("name", name);
        parameters.put("kind", pulled);
        parameters.put("pullPath", PULLED.get(pulled));
        parameters.put("pullInterval", String.valueOf(TimeUtils.toMilliSeconds(get("pullInterval"))));
        parameters.put("baseUrl", WebUrl.baseOf(get("baseUrl")));
        List.of("connectTimeout", "responseTimeout").forEach(setting -> parameters.put(setting, get(setting)));
        return parameters;
    }

    /**
     * @param token     the last part of each webhook's URL; empty for none
     * @param perMessage whether Infobip is given them with each message
     */
    public WebhookUrls webhookUrls(String token, boolean perMessage) {
        return new WebhookUrls(has("publicUrl") ? WebUrl.baseOf(get("publicUrl")) : "", name, token, perMessage);
    }

    /** Without values: they can hold secrets. */
    @Override
    public String toString() {
        return kind.prefix() + " " + name;
    }
}
