package io.smsbridge;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.smsbridge.Settings.Block;
import io.smsbridge.Settings.Kind;

/** Bean {@code accounts}: what the routes shared by all accounts ask about one of them. */
public final class Accounts {

    private final Map<String, Block> byName = new LinkedHashMap<>();
    private final String webhooksToken;

    Accounts(Settings settings) {
        settings.blocks(Kind.ACCOUNT).forEach(block -> byName.put(block.name(), block));
        webhooksToken = settings.get("webhooks.token");
    }

    public boolean has(String account) {
        return byName.containsKey(account);
    }

    public List<String> names() {
        return List.copyOf(byName.keySet());
    }

    /** The account's own sender; empty when it has none. */
    public String sender(String account) {
        return byName.containsKey(account) ? byName.get(account).get("sender") : "";
    }

    /** Most recipients in one call to Infobip: never more than may be sent in a second. */
    public int batchSize(String account) {
        Block block = byName.get(account);
        int size = Integer.parseInt(block.get("batchSize"));
        return block.has("messagesPerSecond") ? Math.min(size, Integer.parseInt(block.get("messagesPerSecond"))) : size;
    }

    /** What a request without a priority has: high, normal, or auto. */
    public String priority(String account) {
        return byName.get(account).get("priority");
    }

    /** Whose national numbers a request may hold: an ISO 3166 code; empty: nobody's. */
    public String defaultCountry(String account) {
        return byName.get(account).get("defaultCountry").toUpperCase(Locale.ROOT);
    }

    /**
     * The URL Infobip is given with a message, for the account's reports or clicks; null without a publicUrl.
     *
     * @param kind the path's part after /infobip/, such as delivery-reports
     */
    public String webhookUrl(String account, String kind) {
        Block block = byName.get(account);
        if (!block.has("publicUrl")) {
            return null;
        }
        String url = WebUrl.of(block.get("publicUrl")).base() + "/infobip/" + kind + "/" + account;
        return webhooksToken.isEmpty() ? url : url + "/" + webhooksToken;
    }
}
