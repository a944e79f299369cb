package io.smsbridge.settings;

import java.util.ArrayList;
import java.util.List;

/**
 * Doors that nothing guards. Where the settings hold a real account, strangers must not be able to reach one: that stops the start, unless the
 * setting that would guard it is {@code none}. An account on this machine, such as the sandbox's, is no real one.
 */
public final class OpenDoors {

    /** The value by which a setting says that its door is open on purpose. */
    public static final String ON_PURPOSE = "none";

    private OpenDoors() {
    }

    static boolean isLoopback(String host) {
        return host.matches("(?i)127\\.[0-9.]+|localhost|\\[?(::1|0:0:0:0:0:0:0:1)\\]?");
    }

    /** The secret that a setting holds; empty where its door is open. */
    public static String secret(Settings settings, String key) {
        return settings.get(key).equals(ON_PURPOSE) ? "" : settings.get(key);
    }

    /** Where strangers reach a server with a real account behind it, such as 0.0.0.0:8080; empty where they do not. */
    public static String toStrangers(Settings settings, String server) {
        return isLoopback(settings.get(server + ".host")) || realAccount(settings).isEmpty() ? ""
                : settings.get(server + ".host") + ":" + settings.get(server + ".port");
    }

    /** The first account that is not on this machine; empty where all are. */
    public static String realAccount(Settings settings) {
        return settings.blocks(BlockKind.ACCOUNT).stream().filter(account -> !isLocal(account.get("baseUrl"))).map(Block::name).findFirst().orElse("");
    }

    private static boolean isLocal(String baseUrl) {
        try {
            return baseUrl.isEmpty() || isLoopback(WebUrl.of(baseUrl).host());
        } catch (IllegalArgumentException e) {
            // No URL, which is told elsewhere.
            return true;
        }
    }

    /** All but that of callers, who are known once the ledger is open, and of webhooks, which get a token. */
    static List<String> problems(Settings settings) {
        List<String> problems = new ArrayList<>();
        String management = settings.get("management.enabled").equals("true") ? toStrangers(settings, "management") : "";
        if (!management.isEmpty() && settings.get("management.token").isEmpty()) {
            problems.add("management.token: empty, so that anyone who reaches " + management + " could read the health and metrics of account "
                    + realAccount(settings) + "; give a token (none lets anyone read them, on purpose), or bind management.host=127.0.0.1");
        }
        return problems;
    }
}
