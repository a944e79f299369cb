package io.smsbridge;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.smsbridge.settings.AccountSettings;
import io.smsbridge.settings.DownstreamSettings;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.RouteTemplateParameterDefinition;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.spi.RouteTemplateParameterSource;
import org.apache.camel.util.TimeUtils;

/**
 * The settings as read: single keys, and the account and downstream blocks, each of which becomes one route of its template;
 * an account has a route more for what it adds to its calls, and, where it pulls, for each kind it fetches.
 * <p>
 * Camel has {@code camel.route-template[id].name=value} for this. These blocks are their own because the id there is the route's,
 * so that an account and a downstream of one name would collide and the nickname would have to be written twice, and because
 * a secret would become a parameter of the route, which a route dump can show. Here secrets stay out of the routes.
 */
final class Settings implements RouteTemplateParameterSource {

    /** The kinds of block: the keys' first part, the route template, and what its routes' ids begin with. */
    enum Kind {
        ACCOUNT("account", "send-via-account", "send-via-"),
        DOWNSTREAM("downstream", "forward-to-downstream", "forward-to-");

        private final String prefix;
        private final String template;
        private final String routeIdPrefix;

        Kind(String prefix, String template, String routeIdPrefix) {
            this.prefix = prefix;
            this.template = template;
            this.routeIdPrefix = routeIdPrefix;
        }
    }

    /** Settings that never become parameters of a route. */
    private static final Set<String> SECRETS = Set.of("apiKey", "headers", "basicUsername", "basicPassword", "bearerToken");

    /** Credentials that are often pasted with the scheme they are sent under, and which schemes. */
    private static final Map<String, String> SCHEMES = Map.of("apiKey", "App", "bearerToken", "Bearer", "sms.apiKey", "App|Bearer",
            "sandbox.apiKey", "App");

    /** What an account with a pullInterval fetches, as its queue is named, and where Infobip hands it out. */
    private static final Map<String, String> PULLED = Map.of(
            "inbound-messages", "/sms/1/inbox/reports", "delivery-reports", "/sms/3/reports");

    private final PropertiesComponent properties;
    private final Map<String, Block> blocksByRouteId = new LinkedHashMap<>();
    private final List<String> unresolved = new ArrayList<>();

    private Settings(PropertiesComponent properties) {
        this.properties = properties;
    }

    static Settings read(CamelContext context) {
        Settings settings = new Settings(context.getPropertiesComponent());
        Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
        for (Kind kind : Kind.values()) {
            RouteTemplateDefinition template = model.getRouteTemplateDefinition(kind.template);
            if (template == null) {
                throw new Startup.InvalidSettings(List.of(settings.get("routes") + ": no file there holds the route template "
                        + kind.template));
            }
            Map<String, String> defaults = defaults(template);
            Map<String, Map<String, String>> byName = new LinkedHashMap<>();
            for (String key : keys(settings.properties, name -> name.startsWith(kind.prefix + "."))) {
                String[] parts = key.split("\\.", 3);
                String setting = parts.length == 3 ? parts[2] : "";
                byName.computeIfAbsent(parts[1], name -> new LinkedHashMap<>()).put(setting, credential(setting, settings.resolve(key)));
            }
            byName.forEach((name, values) -> {
                Block block = new Block(kind, name, values, defaults);
                settings.blocksByRouteId.put(block.routeId(), block);
            });
        }
        return settings;
    }

    private static Map<String, String> defaults(RouteTemplateDefinition template) {
        Map<String, String> defaults = new LinkedHashMap<>();
        for (RouteTemplateParameterDefinition parameter : template.getTemplateParameters()) {
            defaults.put(parameter.getName(), parameter.getDefaultValue() == null ? "" : parameter.getDefaultValue());
        }
        return defaults;
    }

    static boolean isBlockKey(String key) {
        return key.startsWith(Kind.ACCOUNT.prefix + ".") || key.startsWith(Kind.DOWNSTREAM.prefix + ".");
    }

    /** Whether the simulated Infobip runs; with {@code auto}, when an account uses it. */
    static boolean sandboxOn(PropertiesComponent properties) {
        String enabled = properties.resolveProperty("sandbox.enabled").orElse("auto");
        return enabled.equals("auto") ? !sandboxAccount(properties).isEmpty() : Boolean.parseBoolean(enabled);
    }

    /** The first account that uses the simulated Infobip of this process; empty when none does. */
    static String sandboxAccount(PropertiesComponent properties) {
        String sandbox = "http://localhost:" + properties.resolveProperty("http.port").orElse("") + "/sandbox/infobip";
        return keys(properties, key -> key.startsWith("account.") && key.endsWith(".baseUrl")).stream()
                .filter(key -> sandbox.equals(properties.resolveProperty(key).orElse(null)))
                .map(key -> key.split("\\.")[1]).findFirst().orElse("");
    }

    /** The account of requests that name none: sms.default-account, or else the only one there is; empty where there are several. */
    static String defaultAccount(PropertiesComponent properties) {
        String given = properties.resolveProperty("sms.default-account").orElse("").strip();
        Set<String> accounts = keys(properties, key -> key.startsWith("account.")).stream().map(key -> key.split("\\.", 3)[1])
                .collect(Collectors.toSet());
        return given.isEmpty() && accounts.size() == 1 ? accounts.iterator().next() : given;
    }

    /** A credential without the scheme that it is sent under: "App 1234" is pasted for the API key 1234. */
    static String credential(String setting, String value) {
        String schemes = SCHEMES.get(setting);
        return schemes == null ? value : value.replaceFirst("(?i)^(Authorization:\\s*)?(" + schemes + ")(\\s+|$)", "");
    }

    private static Set<String> keys(PropertiesComponent properties, Predicate<String> filter) {
        Properties found = properties.loadProperties(filter);
        Set<String> keys = new TreeSet<>(found.stringPropertyNames());
        System.getProperties().stringPropertyNames().stream().filter(filter).forEach(keys::add);
        return keys;
    }

    /** The value of a block's key. Unlike resolveProperty, a placeholder has Camel say which other value it misses. */
    private String resolve(String key) {
        try {
            return properties.parseUri("{{" + key + "}}").strip();
        } catch (IllegalArgumentException e) {
            unresolved.add(key + ": " + missing(e));
            return "";
        }
    }

    /** What a placeholder did not find, in words of a user. */
    static String missing(IllegalArgumentException error) {
        Matcher variable = Pattern.compile("\\[env:([^\\]]+)\\] using function").matcher(error.getMessage());
        return variable.find() ? "the environment variable " + variable.group(1) + " is not set" : error.getMessage();
    }

    /** The value of a single key, placeholders resolved, empty when it has none. */
    String get(String key) {
        return credential(key, properties.resolveProperty(key).orElse("").strip());
    }

    /** For send-test: no downstream is told, a failure is final at once, and nothing is fetched that the running bridge waits for. */
    void prepareTest(String account) {
        blocksByRouteId.values().removeIf(block -> block.kind() == Kind.DOWNSTREAM);
        blocksByRouteId.values().forEach(block -> block.values().remove("pullInterval"));
        Block block = blocksByRouteId.get(Kind.ACCOUNT.routeIdPrefix + account);
        if (block == null) {
            throw new Startup.InvalidSettings(List.of("--account: '" + account + "' is no account; there are "
                    + String.join(", ", blocks(Kind.ACCOUNT).stream().map(Block::name).toList())));
        }
        block.values().put("retryMaxAge", "0s");
    }

    boolean sandboxOn() {
        return Boolean.parseBoolean(get("sandbox.on"));
    }

    List<Block> blocks() {
        return List.copyOf(blocksByRouteId.values());
    }

    List<Block> blocks(Kind kind) {
        return blocksByRouteId.values().stream().filter(block -> block.kind() == kind).toList();
    }

    /** Keys whose placeholders found no value, with what was missing. */
    List<String> unresolved() {
        return Collections.unmodifiableList(unresolved);
    }

    @Override
    public Map<String, Object> parameters(String routeId) {
        return routes().get(routeId);
    }

    @Override
    public Set<String> routeIds() {
        return routes().keySet();
    }

    private Map<String, Map<String, Object>> routes() {
        Map<String, Map<String, Object>> routes = new LinkedHashMap<>();
        blocksByRouteId.forEach((routeId, block) -> routes.put(routeId, block.routeParameters()));
        blocks(Kind.ACCOUNT).forEach(account -> {
            routes.put("enrich-for-region-" + account.name(), account.enrichParameters(get("webhooks.token")));
        });
        blocks(Kind.ACCOUNT).stream().filter(account -> account.has("pullInterval")).forEach(account ->
                PULLED.keySet().forEach(kind -> routes.put("pull-" + kind + "-" + account.name(), account.pullParameters(kind))));
        return routes;
    }

    /**
     * One account or one downstream.
     *
     * @param name     the nickname, as in the keys
     * @param values   the settings given, by name
     * @param defaults every setting of the template with its default, empty where it has none
     */
    record Block(Kind kind, String name, Map<String, String> values, Map<String, String> defaults) {

        String routeId() {
            return kind.routeIdPrefix + name;
        }

        /** The full key of a setting, for messages. */
        String key(String setting) {
            return kind.prefix + "." + name + "." + setting;
        }

        /** The value given, or the default; empty when there is neither. */
        String get(String setting) {
            String value = values.getOrDefault(setting, "");
            return value.isEmpty() ? defaults.getOrDefault(setting, "") : value;
        }

        boolean has(String setting) {
            return !get(setting).isEmpty();
        }

        Map<String, Object> routeParameters() {
            Map<String, Object> parameters = new LinkedHashMap<>();
            parameters.put(RouteTemplateParameterSource.TEMPLATE_ID, kind.template);
            // Every parameter, given or not: Camel would else take one from an environment variable of the same name.
            // The account's templateId goes by its other spelling, as templateId is Camel's word for the route template.
            defaults.keySet().stream().filter(setting -> !SECRETS.contains(setting)).forEach(setting ->
                    parameters.put(setting.equals(RouteTemplateParameterSource.TEMPLATE_ID) ? "template-id" : setting, get(setting)));
            parameters.put("name", name);
            if (kind == Kind.ACCOUNT) {
                parameters.put("batchSize", String.valueOf(AccountSettings.of(name, this::get).batchSize()));
            } else {
                parameters.put("contentType", DownstreamSettings.of(name, this::get).contentType());
                parameters.put("server", get("url"));
            }
            return parameters;
        }

        private Map<String, Object> enrichParameters(String webhooksToken) {
            Map<String, Object> parameters = new LinkedHashMap<>();
            parameters.put(RouteTemplateParameterSource.TEMPLATE_ID, "enrich-for-region");
            List.of("sender", "region", "principalEntityId", "telemarketerId", "brandCode", "recipientType", "resellerCode", "clickTracking", "customDomain")
                    .forEach(setting -> parameters.put(setting, get(setting)));
            parameters.put("name", name);
            parameters.put("template-id", get("templateId"));
            parameters.put("deliveryReportUrl", webhookUrl("delivery-reports", webhooksToken));
            parameters.put("clickUrl", webhookUrl("clicks", webhooksToken));
            return parameters;
        }

        /** The URL Infobip is given with a message, for the account's reports or clicks; empty without a publicUrl. */
        private String webhookUrl(String kind, String token) {
            return !has("publicUrl") ? "" : get("publicUrl").replaceAll("/+$", "") + "/infobip/" + kind + "/" + name + (token.isEmpty() ? "" : "/" + token);
        }

        private Map<String, Object> pullParameters(String pulled) {
            Map<String, Object> parameters = new LinkedHashMap<>();
            parameters.put(RouteTemplateParameterSource.TEMPLATE_ID, "pull-from-infobip");
            parameters.put("name", name);
            parameters.put("kind", pulled);
            parameters.put("pullPath", PULLED.get(pulled));
            parameters.put("pullInterval", String.valueOf(TimeUtils.toMilliSeconds(get("pullInterval"))));
            List.of("baseUrl", "connectTimeout", "responseTimeout").forEach(setting -> parameters.put(setting, get(setting)));
            return parameters;
        }

        FixedHeaders fixedHeaders() {
            return FixedHeaders.of(this);
        }

        /** Without values: they can hold secrets. */
        @Override
        public String toString() {
            return kind.prefix + " " + name;
        }
    }
}
