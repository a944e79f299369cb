package io.smsbridge.security;

import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

import io.smsbridge.ledger.LedgerDatabase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What our own tokens are signed with: a secret for each period of 30 days, which bridges share by the ledger. It is made a period before
 * it is used, and kept a period longer. A bridge that does not know a token's key yet reads it then.
 */
final class SigningKeys {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.doors");
    private static final long PERIOD = TimeUnit.DAYS.toMillis(30);

    private final LedgerDatabase ledger;
    private volatile Map<Long, SecretKey> keys = Map.of();

    SigningKeys(LedgerDatabase ledger) {
        this.ledger = ledger;
    }

    static long period(long now) {
        return now / PERIOD;
    }

    /** Null where there is none, as the ledger is away since the start. */
    SecretKey key(long period) {
        SecretKey key = keys.get(period);
        if (key == null && Math.abs(period - period(System.currentTimeMillis())) <= 1) {
            renew();
        }
        return keys.get(period);
    }

    /** Makes the keys of this period and the next, unless they are there, and reads them all. Without effect where both are known. */
    synchronized void renew() {
        try {
            long now = period(System.currentTimeMillis());
            if (keys.containsKey(now) && keys.containsKey(now + 1)) {
                return;
            }
            ledger.writer().call(transaction -> {
                for (long period = now; period <= now + 1; period++) {
                    transaction.sql("add-signing-key").set("period", period).set("secret", Base64.getEncoder().encodeToString(Secrets.random()))
                            .set("now", transaction.now()).execute();
                }
                return transaction.sql("remove-signing-keys").set("period", now - 1).execute();
            });
            Map<Long, SecretKey> read = new HashMap<>();
            ledger.query("find-signing-keys", statement -> { }, row -> read.put(row.getLong("period"),
                    new SecretKeySpec(Base64.getDecoder().decode(row.getString("secret")), "HmacSHA256")));
            keys = Map.copyOf(read);
        } catch (Exception e) {
            LOG.warn("the keys that sign tokens can't be made or read, and are tried again: {}", e.getMessage());
        }
    }
}
