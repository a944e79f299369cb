package io.smsbridge.settings;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.apache.camel.spi.PropertiesComponent;

/** The rules that settings have to meet before the first message: each problem is one line that names the key and the cure. */
public final class SettingsCheck {

    /** What an earlier version had, and what it has become. */
    private static final Map<String, String> GONE = Map.of("queue.maxSize", "data.maxSize is meant?", "queue.minFreeDisk", "data.minFreeDisk is meant?",
            "queue.url", "what waits is in the ledger, which bridges share by ledger.url", "queue.username", "ledger.username is meant?",
            "queue.password", "ledger.password is meant?");

    private static final int SHORTEST_KEY = 16;

    private final Settings settings;
    private final FieldRules rules = new FieldRules();

    private SettingsCheck(Settings settings) {
        this.settings = settings;
        rules.addAll(settings.unresolved());
    }

    /** @param maps names of the maps there are, without .jslt */
    public static List<String> problems(Settings settings, Path home, Set<String> maps) {
        SettingsCheck check = new SettingsCheck(settings);
        Path file = home.resolve("application.properties");
        if (Files.exists(file)) {
            check.file(file);
        }
        check.data(home.resolve(settings.get("data.directory")));
        check.accounts();
        settings.blocks().forEach(check::block);
        settings.blocks(BlockKind.ACCOUNT).forEach(new AccountRules(check.rules)::check);
        new WebhookRules(check.rules).check(settings);
        settings.blocks(BlockKind.DOWNSTREAM).forEach(new DownstreamRules(check.rules, settings, maps)::check);
        check.rules.addAll(OpenDoors.problems(settings));
        return check.rules.problems();
    }

    public static List<String> warnings(Settings settings) {
        List<String> warnings = new ArrayList<>();
        for (Block account : settings.blocks(BlockKind.ACCOUNT)) {
            if (account.get("recipientType").equalsIgnoreCase("BIREYCEL")) {
                warnings.add(account.key("recipientType") + ": BIREYCEL is a misspelling of BIREYSEL; it is sent as BIREYSEL.");
            }
            if (AccountRules.regions(account).contains("india") && account.get("clickTracking").equals("default-domain")) {
                warnings.add(account.key("clickTracking") + ": Indian operators refuse links of domains not allow-listed with DLT"
                        + " (error 4153); custom-domain with an allow-listed domain avoids that.");
            }
        }
        if (settings.get("management.enabled").equals("true") && !OpenDoors.isLoopback(settings.get("management.host"))
                && settings.get("management.tlsCertificate").isEmpty()) {
            warnings.add("management.host: " + settings.get("management.host") + " lets other machines reach the console without TLS; give"
                    + " management.tlsCertificate, or put a proxy in front that ends TLS, and leave 127.0.0.1.");
        }
        boolean strangers = !OpenDoors.toStrangers(settings, "http").isEmpty();
        if (strangers && settings.get("sms.apiKey").equals(OpenDoors.ON_PURPOSE)) {
            warnings.add("sms.apiKey: none, so anyone who can reach port " + settings.get("http.port") + " can send.");
        }
        String apiKey = settings.get("sms.apiKey");
        if (!apiKey.isEmpty() && !apiKey.equals(OpenDoors.ON_PURPOSE) && apiKey.length() < SHORTEST_KEY && strangers) {
            warnings.add("sms.apiKey: has " + apiKey.length() + " characters, and may be guessed; make one with openssl rand -hex 32, or add a caller,"
                    + " which gets a key that nobody guesses.");
        }
        warnings.addAll(WebhookRules.warnings(settings));
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
                    rules.add(key + ": written twice in " + file.getFileName() + (Settings.isBlockKey(key.toString())
                            ? "; two blocks of one name? Give the second another name." : "; keep one."));
                }
                return super.put(key, value);
            }
        };
        try (Reader text = Files.newBufferedReader(file)) {
            reader.load(text);
            Set<Object> known = DefaultSettings.load().keySet();
            seen.stream().filter(key -> SingleKeyRules.GROUPS.stream().anyMatch(key::startsWith) && !known.contains(key))
                    .forEach(key -> rules.add(key + ": no such setting" + (GONE.containsKey(key) ? "; " + GONE.get(key) : rules.nearest(key, known))));
        } catch (IOException | IllegalArgumentException e) {
            rules.add(file + ": can't be read as properties: " + e.getMessage());
        }
    }

    /** What an earlier version's broker has kept would wait there for good. */
    private void data(Path data) {
        Path queue = data.resolve("queue");
        if (Files.isDirectory(queue)) {
            rules.add("data.directory: " + queue + " holds the queues of an earlier version, which this one does not read; let the earlier"
                    + " version run until its queues are empty and its dead letters handled, then move the directory away");
        }
    }

    private void accounts() {
        List<String> accounts = settings.blocks(BlockKind.ACCOUNT).stream().map(Block::name).toList();
        if (accounts.isEmpty()) {
            rules.add("account.NICKNAME.baseUrl: no account is configured; add a block account.NICKNAME.baseUrl, .apiKey, .sender");
        } else if (settings.get("sms.default-account").isEmpty()) {
            rules.add("sms.default-account: missing, as there are several accounts; choose one of " + String.join(", ", accounts));
        } else if (!accounts.contains(settings.get("sms.default-account"))) {
            rules.add("sms.default-account: '" + settings.get("sms.default-account") + "' is no account; there are "
                    + String.join(", ", accounts));
        }
    }

    private void block(Block block) {
        if (!block.name().matches("[A-Za-z0-9][A-Za-z0-9_-]*")) {
            rules.add(block.key("*") + ": a name is letters, digits, - and _");
        }
        Map<String, String> spellings = new HashMap<>();
        settings.blocks(block.kind()).forEach(other -> spellings.merge(other.name().toLowerCase(Locale.ROOT), other.name(),
                (first, second) -> first + " and " + second));
        String spelling = spellings.get(block.name().toLowerCase(Locale.ROOT));
        if (spelling.contains(" and ") && spelling.startsWith(block.name() + " ")) {
            rules.add(block.key("*") + ": " + spelling + " differ in case only; give one of them another name");
        }
        block.values().keySet().stream().filter(setting -> !block.defaults().containsKey(setting)).forEach(setting ->
                rules.add(block.key(setting) + ": no such setting" + rules.nearest(setting, new TreeSet<>(block.defaults().keySet()))));
        rules.wholeNumber(block, "connectTimeout", 1, 600_000);
        rules.wholeNumber(block, "responseTimeout", 1, 600_000);
        Stream.of("retryDelay", "retryMaxDelay", "retryMaxAge").filter(block::has).forEach(setting -> rules.duration(block, setting));
        rules.header(block);
    }

    /** Single keys, before Camel configures itself from them. */
    public static List<String> singleKeyProblems(PropertiesComponent properties) throws IOException {
        return SingleKeyRules.problems(properties);
    }

    /** A size as it stands in the settings, in bytes. */
    public static long bytes(String text) {
        return FieldRules.bytes(text);
    }
}
