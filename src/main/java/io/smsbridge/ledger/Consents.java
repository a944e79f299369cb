package io.smsbridge.ledger;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;

import javax.crypto.spec.SecretKeySpec;

import io.smsbridge.text.Hmac;

/**
 * Who has opted out, and who has opted in again. When a number is erased, its opt-outs stay under a keyed hash of it (HMAC-SHA256), whose
 * key is in the ledger, so that bridges that share one find them.
 */
public final class Consents {

    private static final String HMAC = "HmacSHA256";
    private static final String ERASED = "erased:";
    private static final int KEY_BYTES = 32;

    private final LedgerDatabase ledger;
    private final SecretKeySpec key;

    /** What somebody has written last to an account. @param erased whether it is kept under the hash alone */
    public record Consent(String account, boolean optedOut, String word, long changedAt, boolean erased) {
    }

    private Consents(LedgerDatabase ledger, SecretKeySpec key) {
        this.ledger = ledger;
        this.key = key;
    }

    /** @param ledger not started yet */
    public static Consents open(LedgerDatabase ledger) throws SQLException {
        byte[] random = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(random);
        String fresh = Base64.getEncoder().encodeToString(random);
        ledger.update("make-person-key", statement -> statement.set("secret", fresh).set("now", System.currentTimeMillis()));
        String kept = ledger.query("find-person-key", statement -> { }, row -> row.getString(1)).get(0);
        return new Consents(ledger, new SecretKeySpec(Base64.getDecoder().decode(kept), HMAC));
    }

    public boolean hasOptedOut(String account, String recipient) throws SQLException {
        return ledger.query("find-consent", statement -> set(statement, account, recipient), row -> row.getInt(1)).contains(1);
    }

    public boolean hasOptedOut(LedgerTransaction transaction, String account, String recipient) throws SQLException {
        return set(transaction.sql("find-consent"), account, recipient).query(row -> row.getInt(1)).contains(1);
    }

    private LedgerStatement set(LedgerStatement statement, String account, String recipient) throws SQLException {
        return statement.set("account", account).set("recipient", recipient).set("erased", erased(recipient));
    }

    /** Records STOP or START. The word written last counts, in whatever order they arrive. */
    public void record(LedgerTransaction transaction, String account, String recipient, boolean optedOut, String word, long changedAt)
            throws SQLException {
        transaction.sql("replace-erased-consent").set("account", account).set("erased", erased(recipient)).set("changedAt", changedAt).execute();
        transaction.sql("record-consent").set("account", account).set("recipient", recipient).set("optedOut", optedOut ? 1 : 0).set("word", word)
                .set("changedAt", changedAt).execute();
    }

    /** Those of a number, also under its hash. */
    public List<Consent> of(String recipient) throws SQLException {
        return ledger.query("find-consents-of-person", statement -> statement.set("recipient", recipient).set("erased", erased(recipient)),
                row -> new Consent(row.getString("account"), row.getInt("opted_out") == 1, row.getString("word"), row.getLong("changed_at"),
                        row.getString("recipient").startsWith(ERASED)));
    }

    /** Opt-outs go on under the hash, opt-ins are removed; how many rows with the number are gone. */
    public int erase(LedgerTransaction transaction, String recipient) throws SQLException {
        transaction.sql("keep-erased-opt-out").set("recipient", recipient).set("erased", erased(recipient)).execute();
        return transaction.sql("erase-consents").set("recipient", recipient).execute();
    }

    private String erased(String recipient) {
        byte[] hash = Hmac.of(key, (recipient == null ? "" : recipient).getBytes(StandardCharsets.UTF_8));
        return ERASED + Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    }
}
