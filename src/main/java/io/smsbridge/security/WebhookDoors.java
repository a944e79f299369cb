package io.smsbridge.security;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.smsbridge.http.ClientAddress;
import io.smsbridge.http.DoorRefusals;
import io.smsbridge.http.HttpCall;
import io.smsbridge.http.RefusedCall;
import io.smsbridge.http.SlowDown;
import io.smsbridge.ledger.LedgerDatabase;
import io.smsbridge.settings.Block;
import io.smsbridge.settings.BlockKind;
import io.smsbridge.settings.Settings;
import io.smsbridge.settings.WebhookSettings;
import io.smsbridge.settings.WebhookUrls;

/**
 * Bean {@code webhookDoors}: who may post to /infobip/KIND[/ACCOUNT][/TOKEN]. A path that names no account of the settings is checked by
 * webhooks.*, and refused where some account has rules of its own, which it would be a way around.
 */
public final class WebhookDoors {

    private static final String DOOR = "webhooks";
    /** A wrong credential's answer is held back so long at most. */
    private static final long LONGEST_HOLD = 10_000;

    private final Map<String, WebhookDoor> byAccount = new HashMap<>();
    private final WebhookDoor unnamed;
    private final boolean mustName;
    private final DoorRefusals refusals;
    private final SlowDown slow = new SlowDown();

    private WebhookDoors(Settings settings, List<String> common, DoorRefusals refusals) {
        this.refusals = refusals;
        refusals.expect(DOOR, "network", "certificate", "token", "basic", "header", "signature", "age", "account");
        boolean own = false;
        for (Block account : settings.blocks(BlockKind.ACCOUNT)) {
            WebhookSettings webhooks = WebhookSettings.of(settings, account);
            boolean ownTokens = !account.get("webhookToken").isEmpty();
            byAccount.put(account.name(), new WebhookDoor(webhooks, ownTokens ? webhooks.tokens() : common));
            own |= webhooks.own();
        }
        unnamed = new WebhookDoor(WebhookSettings.of(settings, null), common);
        mustName = own;
    }

    /**
     * @param ledger not started yet
     * @param test   whether it is send-test that runs: in a ledger of its own nothing is made that Infobip could be given
     */
    public static WebhookDoors open(Settings settings, LedgerDatabase ledger, DoorRefusals refusals, boolean test) {
        WebhookSettings common = WebhookSettings.of(settings, null);
        if (!common.token() || test) {
            return new WebhookDoors(settings, common.tokens(), refusals);
        }
        WebhookTokens tokens = new WebhookTokens(ledger);
        if (!common.tokens().isEmpty()) {
            return new WebhookDoors(settings, tokens.withRetired(common.tokens()), refusals);
        }
        List<Block> without = settings.blocks(BlockKind.ACCOUNT).stream().filter(account -> account.get("webhookToken").isEmpty()).toList();
        // The sandbox alone stays open.
        if (without.stream().allMatch(settings::isSandbox)) {
            return new WebhookDoors(settings, List.of(), refusals);
        }
        boolean[] fresh = new boolean[1];
        WebhookDoors doors = new WebhookDoors(settings, List.of(tokens.made(() -> fresh[0] = true)), refusals);
        if (fresh[0]) {
            without.forEach(account -> show(account, doors.urls(account)));
        }
        return doors;
    }

    /** Not by the logger: a token does not belong where logs are collected. */
    private static void show(Block account, WebhookUrls urls) {
        String url = urls.of("inbound-messages");
        System.out.println("WEBHOOKS: account " + account.name() + ": enter in Infobip's portal, for inbound messages, the URL "
                + (url.isEmpty() ? "of this bridge with the path " + urls.path("inbound-messages") : url)
                + " (shown this once; webhooks.token is not set, so its last part was made, and is kept in the ledger)");
    }

    /** What Infobip is given with an account's messages, or in its portal. */
    public WebhookUrls urls(Block account) {
        WebhookDoor door = byAccount.get(account.name());
        return account.webhookUrls(door.token(), !door.subscription());
    }

    /** Whether Infobip reports by a subscription of its portal's on this account. */
    public boolean subscription(String account) {
        return byAccount.containsKey(account) && byAccount.get(account).subscription();
    }

    /** The account that a webhook is for; null where its path names none. Errors: 401, 403, held back from a source that shows more wrong ones. */
    public String enter(HttpCall call) {
        String[] parts = call.parts();
        String named = parts.length > 2 ? parts[2] : null;
        WebhookDoor door = named == null ? null : byAccount.get(named);
        WebhookDoor.Refusal refusal = door == null && mustName
                ? new WebhookDoor.Refusal(401, "account", "the path has to name an account, /infobip/KIND/ACCOUNT, as accounts have rules of their own")
                : (door == null ? unnamed : door).check(call);
        if (refusal != null) {
            String source = ClientAddress.of(call);
            refusals.wrong(DOOR, refusal.reason(), source, slow.failed(source));
            throw RefusedCall.held(refusal.status(), refusal.error(), Math.min(LONGEST_HOLD, slow.secondsToWait(source) * 1000));
        }
        return door == null && parts.length == 3 && unnamed.isToken(named) ? null : named;
    }

    /** The headers that Infobip would show with this body, for who plays it. */
    public Map<String, String> credentials(String account, byte[] body) {
        return byAccount.getOrDefault(account, unnamed).credentials(body);
    }
}
