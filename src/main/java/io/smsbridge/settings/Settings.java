package io.smsbridge.settings;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.smsbridge.text.CopiedText;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.RouteTemplateParameterDefinition;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.spi.RouteTemplateParameterSource;

/**
 * The settings as read: single keys, and the account and downstream blocks, each of which becomes one route of its template;
 * an account has a route more for what it adds to its calls, and, where it pulls, for each kind it fetches.
 * <p>
 * Camel has {@code camel.route-template[id].name=value} for this. These blocks are their own because the id there is the route's,
 * so that an account and a downstream of one name would collide and the nickname would have to be written twice, and because
 * a secret would become a parameter of the route, which a route dump can show. Here secrets stay out of the routes.
 */
public final class Settings implements RouteTemplateParameterSource {

    /** Credentials that are often pasted with the scheme they are sent under, and which schemes. */
    private static final Map<String, String> SCHEMES = Map.of("apiKey", "App", "bearerToken", "Bearer", "sms.apiKey", "App|Bearer", "management.token", "Bearer",
            "sandbox.apiKey", "App");

    private final PropertiesComponent properties;
    private final Map<String, Block> blocksByRouteId = new LinkedHashMap<>();
    private final List<String> unresolved = new ArrayList<>();

    private Settings(PropertiesComponent properties) {
        this.properties = properties;
    }

    public static Settings read(CamelContext context) {
        Settings settings = new Settings(context.getPropertiesComponent());
        Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
        for (BlockKind kind : BlockKind.values()) {
            RouteTemplateDefinition template = model.getRouteTemplateDefinition(kind.template());
            if (template == null) {
                throw new InvalidSettings(List.of(settings.get("routes") + ": no file there holds the route template "
                        + kind.template()));
            }
            Map<String, String> defaults = defaults(template);
            Set<String> secrets = template.getTemplateParameters().stream()
                    .filter(parameter -> String.valueOf(parameter.getDescription()).startsWith(Block.SECRET))
                    .map(RouteTemplateParameterDefinition::getName).collect(Collectors.toUnmodifiableSet());
            Map<String, Map<String, String>> byName = new LinkedHashMap<>();
            for (String key : keys(settings.properties, name -> name.startsWith(kind.prefix() + "."))) {
                String[] parts = key.split("\\.", 3);
                String setting = parts.length == 3 ? parts[2] : "";
                byName.computeIfAbsent(parts[1], name -> new LinkedHashMap<>()).put(setting, credential(setting, settings.resolve(key)));
            }
            byName.forEach((name, values) -> {
                Block block = new Block(kind, name, values, defaults, secrets);
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

    public static boolean isBlockKey(String key) {
        return key.startsWith(BlockKind.ACCOUNT.prefix() + ".") || key.startsWith(BlockKind.DOWNSTREAM.prefix() + ".");
    }

    /** Whether the simulated Infobip runs; with {@code auto}, when an account uses it. */
    public static boolean sandboxOn(PropertiesComponent properties) {
        String enabled = properties.resolveProperty("sandbox.enabled").orElse("auto");
        return enabled.equals("auto") ? !sandboxAccount(properties).isEmpty() : Boolean.parseBoolean(enabled);
    }

    /** Where this process finds itself: the start of the sandbox's URLs, which are the property sandbox.url. */
    public static String localUrl(PropertiesComponent properties) {
        boolean tls = !CopiedText.trimmed(properties.resolveProperty("http.tlsCertificate").orElse("")).isEmpty();
        return (tls ? "https" : "http") + "://localhost:" + properties.resolveProperty("http.port").orElse("");
    }

    /** The first account that uses the simulated Infobip of this process; empty when none does. */
    public static String sandboxAccount(PropertiesComponent properties) {
        String sandbox = localUrl(properties) + "/sandbox/infobip";
        return keys(properties, key -> key.startsWith("account.") && key.endsWith(".baseUrl")).stream()
                .filter(key -> sandbox.equals(WebUrl.baseOf(properties.resolveProperty(key).orElse("").strip())))
                .map(key -> key.split("\\.")[1]).findFirst().orElse("");
    }

    /** The account of requests that name none: sms.default-account, or else the only one there is; empty where there are several. */
    public static String defaultAccount(PropertiesComponent properties) {
        String given = CopiedText.trimmed(properties.resolveProperty("sms.default-account").orElse(""));
        Set<String> accounts = accounts(properties);
        return given.isEmpty() && accounts.size() == 1 ? accounts.iterator().next() : given;
    }

    /** The names of the accounts. */
    public static Set<String> accounts(PropertiesComponent properties) {
        return keys(properties, key -> key.startsWith("account.")).stream().map(key -> key.split("\\.", 3)[1]).collect(Collectors.toCollection(TreeSet::new));
    }

    /** A credential without the scheme that it is sent under: "App 1234" is pasted for the API key 1234. */
    public static String credential(String setting, String value) {
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
            return CopiedText.trimmed(properties.parseUri("{{" + key + "}}"));
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
    public String get(String key) {
        return credential(key, CopiedText.trimmed(properties.resolveProperty(key).orElse("")));
    }

    /** For send-test: no downstream is told, a failure is final at once, nothing is fetched that the running bridge waits for, and it gets no report. */
    public void prepareTest(String account) {
        blocksByRouteId.values().removeIf(block -> block.kind() == BlockKind.DOWNSTREAM);
        blocksByRouteId.values().forEach(block -> List.of("pullInterval", "publicUrl").forEach(block.values()::remove));
        Block block = blocksByRouteId.get(BlockKind.ACCOUNT.routeIdPrefix() + account);
        if (block == null) {
            throw new InvalidSettings(List.of("--account: '" + account + "' is no account; there are "
                    + String.join(", ", blocks(BlockKind.ACCOUNT).stream().map(Block::name).toList())));
        }
        block.values().put("retryMaxAge", "0s");
    }

    public boolean sandboxOn() {
        return Boolean.parseBoolean(get("sandbox.on"));
    }

    /** Whether an account uses the simulated Infobip of this process. */
    public boolean isSandbox(Block account) {
        return (get("sandbox.url") + "/sandbox/infobip").equals(WebUrl.baseOf(account.get("baseUrl")));
    }

    public List<Block> blocks() {
        return List.copyOf(blocksByRouteId.values());
    }

    public List<Block> blocks(BlockKind kind) {
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
        boolean tellsOfSent = blocks(BlockKind.DOWNSTREAM).stream().anyMatch(downstream -> DownstreamSettings.types(downstream.get("events")).contains("sent"));
        blocks(BlockKind.ACCOUNT).forEach(account ->
                routes.put("enrich-for-region-" + account.name(), account.enrichParameters(tellsOfSent)));
        blocks(BlockKind.ACCOUNT).stream().filter(account -> account.has("pullInterval")).forEach(account ->
                Block.PULLED.keySet().forEach(kind -> routes.put("pull-" + kind + "-" + account.name(), account.pullParameters(kind))));
        return routes;
    }
}
