package io.smsbridge;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.smsbridge.Settings.Block;
import io.smsbridge.Settings.Kind;
import io.smsbridge.receive.KeywordReplies;
import io.smsbridge.settings.DownstreamSettings;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.util.TimeUtils;

/** The rules that settings have to meet before the first message: each problem is one line that names the key and the cure. */
final class SettingsCheck {

    private static final Set<String> REGIONS = Set.of("india", "turkey", "south-korea");
    private static final Set<String> CLICK_TRACKING = Set.of("off", "default-domain", "custom-domain");
    private static final long SMALLEST_STORE = 200L << 20;
    private static final long SMALLEST_FREE = 200L << 20;
    private static final Set<String> PRIORITIES = Set.of("auto", "high", "normal");
    private static final Set<String> EVENT_TYPES = Set.of("sent", "delivered", "failed", "replied", "clicked");
    private static final List<String> SINGLE_KEY_GROUPS = List.of("http.", "management.", "console.", "log.", "tracing.", "sms.", "webhooks.", "sandbox.", "data.", "ledger.", "optOut.");

    private final Settings settings;
    private final Set<String> maps;
    private final List<String> problems;

    private SettingsCheck(Settings settings, Set<String> maps) {
        this.settings = settings;
        this.maps = maps;
        this.problems = new ArrayList<>(settings.unresolved());
    }

    /** @param maps names of the maps there are, without .jslt */
    static List<String> problems(Settings settings, Path home, Set<String> maps) {
        SettingsCheck check = new SettingsCheck(settings, maps);
        Path file = home.resolve("application.properties");
        if (Files.exists(file)) {
            check.file(file);
        }
        check.accounts();
        settings.blocks().forEach(check::block);
        settings.blocks(Kind.ACCOUNT).forEach(check::account);
        settings.blocks(Kind.DOWNSTREAM).forEach(check::downstream);
        return check.problems;
    }

    static List<String> warnings(Settings settings) {
        List<String> warnings = new ArrayList<>();
        for (Block account : settings.blocks(Kind.ACCOUNT)) {
            if (account.get("recipientType").equalsIgnoreCase("BIREYCEL")) {
                warnings.add(account.key("recipientType") + ": BIREYCEL is a misspelling of BIREYSEL; it is sent as BIREYSEL.");
            }
            if (regions(account).contains("india") && account.get("clickTracking").equals("default-domain")) {
                warnings.add(account.key("clickTracking") + ": Indian operators refuse links of domains not allow-listed with DLT"
                        + " (error 4153); custom-domain with an allow-listed domain avoids that.");
            }
        }
        if (settings.get("management.enabled").equals("true") && !settings.get("management.host").matches("127\\..*|localhost|::1|\\[::1\\]")
                && !settings.get("camel.management.useGlobalSslContextParameters").equals("true")) {
            warnings.add("management.host: " + settings.get("management.host") + " lets other machines reach the console without TLS; put a"
                    + " proxy in front that ends TLS, and leave 127.0.0.1.");
        }
        if (!settings.sandboxOn()) {
            if (settings.get("sms.apiKey").isEmpty()) {
                warnings.add("sms.apiKey: empty, so anyone who can reach port " + settings.get("http.port") + " can send.");
            }
            if (settings.get("webhooks.token").isEmpty()) {
                warnings.add("webhooks.token: empty, so anyone who can reach port " + settings.get("http.port")
                        + " can post delivery reports.");
            }
        }
        return warnings;
    }

    /** What only the file itself shows: a key written twice, of which Java keeps the last, and a misspelt one. */
    private void file(Path file) {
        Set<String> seen = new LinkedHashSet<>();
        Properties reader = new Properties() {
            private static final long serialVersionUID = 1L;

            @Override
            public synchronized Object put(Object key, Object value) {
                if (!seen.add(key.toString())) {
                    problems.add(key + ": written twice in " + file.getFileName() + (Settings.isBlockKey(key.toString())
                            ? "; two blocks of one name? Give the second another name." : "; keep one."));
                }
                return super.put(key, value);
            }
        };
        try (Reader text = Files.newBufferedReader(file)) {
            reader.load(text);
            Set<Object> known = Bridge.defaults().keySet();
            seen.stream().filter(key -> SINGLE_KEY_GROUPS.stream().anyMatch(key::startsWith) && !known.contains(key))
                    .forEach(key -> problems.add(key + ": no such setting" + nearest(key, known)));
        } catch (IOException | IllegalArgumentException e) {
            problems.add(file + ": can't be read as properties: " + e.getMessage());
        }
    }

    /** Single keys, before Camel configures itself from them. */
    static List<String> singleKeyProblems(PropertiesComponent properties) throws IOException {
        List<String> problems = new ArrayList<>();
        for (String key : new TreeSet<>(Bridge.defaults().stringPropertyNames())) {
            if (SINGLE_KEY_GROUPS.stream().anyMatch(key::startsWith)) {
                try {
                    properties.parseUri("{{" + key + "}}");
                } catch (IllegalArgumentException e) {
                    // resolveProperty finds no value then, as if a key or a password were not wanted.
                    problems.add(key + ": " + Settings.missing(e));
                }
            }
        }
        if (!problems.isEmpty()) {
            return problems;
        }
        UnaryOperator<String> value = key -> properties.resolveProperty(key).orElse("").strip();
        wholeNumber(problems, "http.port", value.apply("http.port"), 1, 65535);
        wholeNumber(problems, "http.threads", value.apply("http.threads"), 1, 10_000);
        wholeNumber(problems, "http.maxBodySize", value.apply("http.maxBodySize"), 1, Integer.MAX_VALUE);
        management(problems, value);
        if (!value.apply("tracing.url").matches("|https?://[^\\s/]+/\\S*")) {
            problems.add("tracing.url: '" + value.apply("tracing.url") + "' has to be a URL such as http://localhost:4318/v1/traces, or empty");
        }
        oneOf(problems, "log.format", value.apply("log.format"), Set.of("text", "json"));
        oneOf(problems, "log.stackTraces", value.apply("log.stackTraces"), Set.of("true", "false"));
        wholeNumber(problems, "sms.maxRecipients", value.apply("sms.maxRecipients"), 1, 10_000);
        size(problems, "data.maxSize", value.apply("data.maxSize"), SMALLEST_STORE, "and the log of what is written alone can take 100MB");
        size(problems, "data.minFreeDisk", value.apply("data.minFreeDisk"), SMALLEST_FREE, "and the log of what is written alone can take 100MB");
        ledger(problems, value);
        oneOf(problems, "optOut.enforce", value.apply("optOut.enforce"), Set.of("true", "false"));
        oneOf(problems, "sandbox.enabled", value.apply("sandbox.enabled"), Set.of("auto", "true", "false"));
        return problems;
    }

    private static void management(List<String> problems, UnaryOperator<String> value) {
        oneOf(problems, "management.enabled", value.apply("management.enabled"), Set.of("true", "false"));
        wholeNumber(problems, "management.port", value.apply("management.port"), 1, 65535);
        if (value.apply("management.enabled").equals("true") && value.apply("management.port").equals(value.apply("http.port"))) {
            problems.add("management.port: " + value.apply("management.port") + " is http.port, too; choose another");
        }
        if (!value.apply("console.username").matches("[^:\\s]+")) {
            problems.add("console.username: '" + value.apply("console.username") + "' has to be a name without spaces and :");
        }
        duration(problems, "console.sessionTimeout", value.apply("console.sessionTimeout"));
    }

    private static void ledger(List<String> problems, UnaryOperator<String> value) {
        String url = value.apply("ledger.url");
        if (!url.isEmpty() && !url.startsWith("jdbc:sqlite:") && !url.startsWith("jdbc:postgresql:")) {
            problems.add("ledger.url: has to begin with jdbc:postgresql:// or jdbc:sqlite:, or be empty for a file in data.directory");
        }
        wholeNumber(problems, "ledger.connectTimeout", value.apply("ledger.connectTimeout"), 250, 60_000);
        long retention = duration(problems, "ledger.retention", value.apply("ledger.retention"));
        long replyWindow = duration(problems, "ledger.replyWindow", value.apply("ledger.replyWindow"));
        if (retention < TimeUnit.DAYS.toMillis(2)) {
            problems.add("ledger.retention: '" + value.apply("ledger.retention") + "' is less than 2d, and Infobip may repeat what it said");
        }
        if (replyWindow > retention) {
            problems.add("ledger.replyWindow: '" + value.apply("ledger.replyWindow") + "' is longer than ledger.retention, "
                    + value.apply("ledger.retention"));
        }
    }

    private void accounts() {
        List<String> accounts = settings.blocks(Kind.ACCOUNT).stream().map(Block::name).toList();
        if (accounts.isEmpty()) {
            problems.add("account.NICKNAME.baseUrl: no account is configured; add a block account.NICKNAME.baseUrl, .apiKey, .sender");
        } else if (settings.get("sms.default-account").isEmpty()) {
            problems.add("sms.default-account: missing, as there are several accounts; choose one of " + String.join(", ", accounts));
        } else if (!accounts.contains(settings.get("sms.default-account"))) {
            problems.add("sms.default-account: '" + settings.get("sms.default-account") + "' is no account; there are "
                    + String.join(", ", accounts));
        }
    }

    private void block(Block block) {
        if (!block.name().matches("[A-Za-z0-9][A-Za-z0-9_-]*")) {
            problems.add(block.key("*") + ": a name is letters, digits, - and _");
        }
        Map<String, String> spellings = new HashMap<>();
        settings.blocks(block.kind()).forEach(other -> spellings.merge(other.name().toLowerCase(Locale.ROOT), other.name(),
                (first, second) -> first + " and " + second));
        String spelling = spellings.get(block.name().toLowerCase(Locale.ROOT));
        if (spelling.contains(" and ") && spelling.startsWith(block.name() + " ")) {
            problems.add(block.key("*") + ": " + spelling + " differ in case only; give one of them another name");
        }
        block.values().keySet().stream().filter(setting -> !block.defaults().containsKey(setting)).forEach(setting ->
                problems.add(block.key(setting) + ": no such setting" + nearest(setting, new TreeSet<>(block.defaults().keySet()))));
        wholeNumber(block, "connectTimeout", 1, 600_000);
        wholeNumber(block, "responseTimeout", 1, 600_000);
        Stream.of("retryDelay", "retryMaxDelay", "retryMaxAge").filter(block::has).forEach(setting -> duration(block, setting));
        header(block);
    }

    private void account(Block account) {
        required(account, "baseUrl", "the base URL Infobip shows for your account, https://xxxxx.api.infobip.com");
        required(account, "apiKey", "an API key of your Infobip account with the scope sms:message:send");
        credential(account, "apiKey", "the key alone, which is sent as App KEY");
        url(account, "baseUrl", true);
        url(account, "publicUrl", false);
        pull(account);
        wholeNumber(account, "parallelSends", 1, 1_000);
        wholeNumber(account, "batchSize", 1, 10_000);
        wholeNumber(account, "messagesPerSecond", 1, 1_000_000);
        oneOf(problems, account.key("priority"), account.get("priority"), PRIORITIES);

        Set<String> regions = regions(account);
        regions.stream().filter(region -> !REGIONS.contains(region)).forEach(region -> problems.add(
                account.key("region") + ": '" + region + "' is none of " + String.join(", ", new TreeSet<>(REGIONS))));
        if (regions.contains("india")) {
            required(account, "principalEntityId", "your Principal Entity ID from the DLT portal; region=india needs it");
        }
        if (regions.contains("turkey")) {
            required(account, "brandCode", "your IYS brand code; region=turkey needs it");
            required(account, "recipientType", "BIREYSEL or TACIR; region=turkey needs it");
        }
        wholeNumber(account, "brandCode", Integer.MIN_VALUE, Integer.MAX_VALUE);
        wholeNumber(account, "resellerCode", 0, Integer.MAX_VALUE);
        if (account.has("recipientType")) {
            oneOf(problems, account.key("recipientType"), account.get("recipientType").toUpperCase(Locale.ROOT),
                    Set.of("BIREYSEL", "TACIR", "BIREYCEL"));
        }
        keywords(account);
        oneOf(problems, account.key("clickTracking"), account.get("clickTracking"), CLICK_TRACKING);
        if (account.get("clickTracking").equals("custom-domain")) {
            required(account, "customDomain", "the domain verified in Infobip's portal; clickTracking=custom-domain needs it");
        }
    }

    private void keywords(Block account) {
        Map<String, String> types = new HashMap<>();
        for (String type : List.of("stop", "start", "help")) {
            for (String word : KeywordReplies.words(account.get(type + "Words"))) {
                String other = types.putIfAbsent(KeywordReplies.bare(word), type);
                if (KeywordReplies.bare(word).isEmpty()) {
                    problems.add(account.key(type + "Words") + ": '" + word + "' has no letter or digit");
                } else if (other != null && !other.equals(type)) {
                    problems.add(account.key(type + "Words") + ": '" + word + "' is also in " + other + "Words; keep one");
                }
            }
        }
    }

    private void pull(Block account) {
        if (!account.has("pullInterval")) {
            return;
        }
        int before = problems.size();
        if (duration(account, "pullInterval") < TimeUnit.SECONDS.toMillis(1) && problems.size() == before) {
            problems.add(account.key("pullInterval") + ": '" + account.get("pullInterval") + "' is less than 1s");
        }
        if (account.has("publicUrl")) {
            problems.add(account.key("pullInterval") + ": not together with " + account.key("publicUrl")
                    + ", as Infobip then posts what would be fetched; keep publicUrl where Infobip can reach it, else pullInterval");
        }
    }

    private void downstream(Block downstream) {
        required(downstream, "url", "where events are posted to");
        url(downstream, "url", false);
        if (!settings.sandboxOn() && downstream.get("url").startsWith("http://localhost:" + settings.get("http.port") + "/sandbox/")) {
            problems.add(downstream.key("url") + ": is the sandbox's echo, and the sandbox is off; give an endpoint of yours, or take the block out");
        }
        if (!maps.contains(downstream.get("format"))) {
            problems.add(downstream.key("format") + ": there is no map " + downstream.get("format") + ".jslt in routes/maps; there are "
                    + String.join(", ", maps));
        }
        wholeNumber(downstream, "itemsPerPost", 1, 10_000);
        wholeNumber(downstream, "parallelPosts", 1, 1_000);
        if (!downstream.get("retryMultiplier").matches("[0-9]+(\\.[0-9]+)?")) {
            problems.add(downstream.key("retryMultiplier") + ": has to be a number such as 2");
        }
        if (!downstream.get("retryJitter").matches("0(\\.[0-9]+)?|1")) {
            problems.add(downstream.key("retryJitter") + ": has to be a number from 0 to 1, such as 0.1");
        }
        wholeNumber(downstream, "retryMaxAttempts", 1, 1_000_000);
        wholeNumber(downstream, "downAfter", 0, 1_000_000);
        Stream.of("probeDelay", "probeMaxDelay").filter(downstream::has).forEach(setting -> duration(downstream, setting));
        Set<String> types = DownstreamSettings.types(downstream.get("events"));
        types.stream().filter(type -> !EVENT_TYPES.contains(type)).forEach(type -> problems.add(
                downstream.key("events") + ": '" + type + "' is none of " + String.join(", ", new TreeSet<>(EVENT_TYPES))));
        credential(downstream, "bearerToken", "the token alone; for Basic give basicUsername and basicPassword");
        if (downstream.has("basicUsername") && downstream.has("bearerToken")) {
            problems.add(downstream.key("bearerToken") + ": give either this or basicUsername, not both");
        }
    }

    private static Set<String> regions(Block account) {
        Set<String> regions = new LinkedHashSet<>();
        Arrays.stream(account.get("region").split(",")).map(String::strip).filter(region -> !region.isEmpty()).forEach(regions::add);
        return regions;
    }

    private void required(Block block, String setting, String what) {
        if (!block.has(setting) && settings.unresolved().stream().noneMatch(line -> line.startsWith(block.key(setting) + ":"))) {
            problems.add(block.key(setting) + ": missing; " + what);
        }
    }

    /** Without the value in the message. A scheme that is not the setting's own stands before a space. */
    private void credential(Block block, String setting, String what) {
        if (!block.get(setting).matches("[!-~]*")) {
            problems.add(block.key(setting) + ": holds a space, or a character that no key has; give " + what);
        }
    }

    /** @param https whether plain http is allowed to this machine only */
    private void url(Block block, String setting, boolean https) {
        if (!block.has(setting)) {
            return;
        }
        String text = block.get(setting);
        try {
            URI url = new URI(text);
            boolean http = "http".equalsIgnoreCase(url.getScheme());
            if (url.getHost() == null || !http && !"https".equalsIgnoreCase(url.getScheme())) {
                problems.add(block.key(setting) + ": '" + text + "' is no http or https URL");
            } else if (https && http && !List.of("localhost", "127.0.0.1", "[::1]").contains(url.getHost())) {
                problems.add(block.key(setting) + ": has to begin with https:// (http only for localhost)");
            } else if (https && (url.getQuery() != null || url.getFragment() != null)) {
                problems.add(block.key(setting) + ": has to end with the host or a path, without ? or #");
            }
        } catch (URISyntaxException e) {
            problems.add(block.key(setting) + ": '" + text + "' is no URL: " + e.getReason());
        }
    }

    private void header(Block block) {
        Arrays.stream(block.get("headers").split(",")).filter(part -> !part.isBlank() && part.indexOf(':') < 1).forEach(part ->
                problems.add(block.key("headers") + ": part " + (Arrays.asList(block.get("headers").split(",")).indexOf(part) + 1)
                        + " is not of the form Name: value"));
    }

    private long duration(Block block, String setting) {
        return duration(problems, block.key(setting), block.get(setting));
    }

    /** The duration in milliseconds; 0 with a problem told when it is none. */
    private static long duration(List<String> problems, String key, String text) {
        try {
            if (text.matches("[0-9][0-9a-z ]*")) {
                return TimeUtils.toMilliSeconds(text);
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        problems.add(key + ": '" + text + "' is no duration such as 500ms, 5s, 10m or 24h");
        return 0;
    }

    private void wholeNumber(Block block, String setting, long least, long most) {
        if (block.has(setting)) {
            wholeNumber(problems, block.key(setting), block.get(setting), least, most);
        }
    }

    private static void wholeNumber(List<String> problems, String key, String text, long least, long most) {
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        problems.add(key + ": '" + text + "' has to be a whole number from " + least + " to " + most);
    }

    private static void size(List<String> problems, String key, String text, long least, String why) {
        if (!text.matches("[0-9]{1,6}(KB|MB|GB|TB)|0")) {
            problems.add(key + ": '" + text + "' is no size such as 500MB or 10GB, or 0 for no limit");
        } else if (bytes(text) > 0 && bytes(text) < least) {
            problems.add(key + ": '" + text + "' is less than " + (least >> 20) + "MB, " + why);
        }
    }

    /** A size as it stands in the settings, in bytes. */
    static long bytes(String text) {
        int unit = "KMGT".indexOf(text.length() < 2 ? '-' : text.charAt(text.length() - 2)) + 1;
        return Long.parseLong(text.replaceAll("[^0-9]", "")) << 10 * unit;
    }

    private static void oneOf(List<String> problems, String key, String text, Set<String> names) {
        if (!names.contains(text)) {
            problems.add(key + ": '" + text + "' is none of " + String.join(", ", new TreeSet<>(names)));
        }
    }

    /** The setting meant, where only case, dashes or dots differ; else the list of those there are. */
    private static String nearest(String given, Set<?> known) {
        String plain = plain(given);
        return known.stream().map(Object::toString).filter(name -> plain(name).equals(plain)).findFirst()
                .map(name -> "; " + name + " is meant?")
                .orElse(known.size() > 40 ? "" : "; there are " + String.join(", ", known.stream().map(Object::toString).toList()));
    }

    private static String plain(String name) {
        return name.replaceAll("[-_.]", "").toLowerCase(Locale.ROOT);
    }
}
