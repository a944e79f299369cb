package io.smsbridge.security;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import io.smsbridge.ledger.LedgerDatabase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who may call, from the ledger, and the caller {@code default} of sms.apiKey. In memory, and read again every other second. */
final class CallerDirectory implements AutoCloseable {

    /** The caller whose key is sms.apiKey. */
    static final String DEFAULT = "default";

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.doors");
    private static final long READ_EVERY = 2_000;

    private record Known(List<CallerRow> callers, List<CredentialRow> credentials, Map<String, Caller> byName, Map<Long, Credential> byKey,
            Map<String, Credential> byId) {
    }

    private final LedgerDatabase ledger;
    private final MeterRegistry meters;
    private final Caller defaultCaller;
    private final Credential defaultCredential;
    private final ScheduledExecutorService reader = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "callers");
        thread.setDaemon(true);
        return thread;
    });
    private volatile Known known = new Known(List.of(), List.of(), Map.of(), Map.of(), Map.of());
    private boolean unreadable;

    /** @param apiKey empty: there is no caller default */
    CallerDirectory(LedgerDatabase ledger, String apiKey, MeterRegistry meters) {
        this.ledger = ledger;
        this.meters = meters;
        defaultCaller = apiKey.isEmpty() ? null : Caller.unlimited(DEFAULT, meters);
        defaultCredential = apiKey.isEmpty() ? null
                : new Credential(new CredentialRow("sms.apiKey", DEFAULT, HexFormat.of().formatHex(Secrets.hash(apiKey)), 0, null));
        read();
    }

    void start() {
        reader.scheduleWithFixedDelay(this::read, READ_EVERY, READ_EVERY, TimeUnit.MILLISECONDS);
    }

    /** Whether there is nobody to be known. */
    boolean isEmpty() {
        return defaultCaller == null && known.callers().isEmpty();
    }

    /** Null where there is no such caller. */
    Caller caller(String name) {
        return name.equals(DEFAULT) && defaultCaller != null ? defaultCaller : known.byName().get(name);
    }

    /** The credential that is this key; null where it is none. It may have expired since it was read. */
    Credential find(String key) {
        byte[] hash = Secrets.hash(key);
        if (defaultCredential != null && defaultCredential.isOf(hash)) {
            return defaultCredential;
        }
        Credential found = known.byKey().get(Credential.key(hash));
        return found != null && found.isOf(hash) ? found : null;
    }

    /** Null where there is none, as it was taken away. */
    Credential credential(String id) {
        return defaultCredential != null && defaultCredential.id().equals(id) ? defaultCredential : known.byId().get(id);
    }

    /** While the ledger is away, those known last stay. */
    private void read() {
        try {
            List<CallerRow> callers = ledger.query("find-callers", statement -> { }, CallerRow::of);
            List<CredentialRow> credentials = ledger.query("find-caller-credentials", statement -> statement.set("now", System.currentTimeMillis()),
                    CredentialRow::of);
            if (!callers.equals(known.callers()) || !credentials.equals(known.credentials())) {
                known = of(callers, credentials);
                LOG.info("{} callers, with {} keys", callers.size(), credentials.size());
            }
            unreadable = false;
        } catch (SQLException | RuntimeException e) {
            if (!unreadable) {
                LOG.warn("the callers can't be read, and stay as they were: {}", e.getMessage());
            }
            unreadable = true;
        }
    }

    /** Whoever has not changed stays, with what he has used of his rate. */
    private Known of(List<CallerRow> callers, List<CredentialRow> credentials) {
        Map<String, Caller> byName = new HashMap<>();
        for (CallerRow row : callers) {
            Caller before = known.byName().get(row.name());
            byName.put(row.name(), before != null && before.row().equals(row) ? before : Caller.of(row, meters));
        }
        Map<Long, Credential> byKey = new HashMap<>();
        Map<String, Credential> byId = new HashMap<>();
        for (CredentialRow row : credentials) {
            Credential before = known.byId().get(row.id());
            Credential credential = before != null && before.row().equals(row) ? before : new Credential(row);
            byId.put(row.id(), credential);
            byKey.put(credential.key(), credential);
        }
        return new Known(callers, credentials, byName, byKey, byId);
    }

    @Override
    public void close() {
        reader.shutdownNow();
    }
}
