package io.smsbridge.security;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.smsbridge.ledger.LedgerDatabase;
import io.smsbridge.settings.InvalidSettings;

/**
 * The token that the bridge makes where the settings have none. It is in the ledger, so that bridges that share one give out the same,
 * and so that the reports of messages under way find it after a restart.
 */
final class WebhookTokens {

    /** After the settings have a token of their own: longer than any message is under way, and than Infobip repeats a webhook. */
    private static final long TAKEN_AFTER = TimeUnit.DAYS.toMillis(7);

    private final LedgerDatabase ledger;

    /** @param ledger not started yet */
    WebhookTokens(LedgerDatabase ledger) {
        this.ledger = ledger;
    }

    /** The token in use, made now if there is none. */
    String made(Runnable whenNew) {
        String fresh = Secrets.newKey();
        try {
            ledger.update("make-webhook-token", statement -> statement.set("token", fresh).set("now", System.currentTimeMillis()));
            String kept = find(Long.MAX_VALUE).get(0);
            if (kept.equals(fresh)) {
                whenNew.run();
            }
            return kept;
        } catch (SQLException e) {
            throw unusable(e);
        }
    }

    /** The settings' own tokens, and for a while the one that was made before there were any. */
    List<String> withRetired(List<String> own) {
        try {
            long now = System.currentTimeMillis();
            ledger.update("retire-webhook-token", statement -> statement.set("now", now));
            List<String> all = new ArrayList<>(own);
            all.addAll(find(now - TAKEN_AFTER));
            return List.copyOf(all);
        } catch (SQLException e) {
            throw unusable(e);
        }
    }

    private List<String> find(long since) throws SQLException {
        return ledger.query("find-webhook-token", statement -> statement.set("since", since), row -> row.getString(1));
    }

    private static InvalidSettings unusable(SQLException e) {
        return new InvalidSettings(List.of("ledger.url: the token of webhooks can't be kept: " + e.getMessage()));
    }
}
