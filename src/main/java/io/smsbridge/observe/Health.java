package io.smsbridge.observe;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import javax.sql.DataSource;

import io.smsbridge.forward.DownstreamCircuit;
import io.smsbridge.forward.DownstreamCircuits;
import io.smsbridge.ledger.LedgerDatabase;
import io.smsbridge.send.SendAccounts;
import io.smsbridge.settings.Block;
import io.smsbridge.settings.BlockKind;
import io.smsbridge.settings.Settings;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * What /observe/health answers. Ready is a bridge that can take in: ledger and doors are there. An account or a downstream that
 * fails keeps nobody out; its check is UP, and says that it is degraded, and why. Nothing here makes the process less alive.
 */
public final class Health {

    private static final long KEPT = 2_000;

    /** How an account or a downstream fails, and since when. */
    public record Condition(String reason, Instant since) {
    }

    private final Map<String, Condition> accounts = new ConcurrentHashMap<>();
    /** By account and kind. */
    private final Map<String, Map<String, Condition>> pulls = new ConcurrentHashMap<>();
    private volatile DownstreamCircuits circuits;
    private volatile SendAccounts sends;
    private volatile LedgerDatabase database;
    private volatile DataSource ledger;
    private volatile String ledgerProblem;
    private volatile long ledgerAskedAt;

    /** Registers a check for each part. */
    public void register(CamelContext context, Settings settings, LedgerDatabase ledgerDatabase, SendAccounts accountsOfSends, DownstreamCircuits downstreams) {
        database = ledgerDatabase;
        ledger = ledgerDatabase.reads();
        sends = accountsOfSends;
        circuits = downstreams;
        HealthCheckRegistry registry = HealthCheckRegistry.get(context);
        registry.register(new Check("ledger", result -> {
            String problem = ledgerProblem();
            if (problem != null) {
                result.down().message("the ledger's database (ledger.url) can't be used: " + problem);
            }
        }));
        registry.register(new Check("doors", result -> {
            List<String> closed = context.getRoutes().stream().map(route -> route.getRouteId()).filter(id -> id.matches("accept-sends.*|receive-.*"))
                    .filter(id -> !context.getRouteController().getRouteStatus(id).isStarted()).toList();
            if (!context.isStarted()) {
                result.down().message("the bridge is starting or stopping");
            } else if (!closed.isEmpty()) {
                result.down().message("stopped: " + String.join(", ", closed));
            }
        }));
        for (Block block : settings.blocks()) {
            boolean isAccount = block.kind() == BlockKind.ACCOUNT;
            registry.register(new Check((isAccount ? "account " : "downstream ") + block.name(), result -> {
                Condition condition = isAccount ? account(block.name()) : downstream(block.name());
                if (condition != null) {
                    result.message("degraded since " + condition.since() + ": " + condition.reason()).detail("degraded", true);
                }
            }));
        }
    }

    /** Whether the ledger answers. */
    boolean ledgerUp() {
        return ledger != null && ledgerProblem() == null;
    }

    /** An answer of Infobip's to an account's call, 0 for none. */
    void accountAnswered(String account, String statusCode) {
        if (statusCode.matches("2..")) {
            accounts.remove(account);
            return;
        }
        String reason = statusCode.equals("0") ? "Infobip does not answer"
                : "Infobip answers " + statusCode + (statusCode.matches("401|403") ? ": check baseUrl, apiKey and its scopes" : "");
        accounts.compute(account, (name, before) -> new Condition(reason, before == null ? Instant.now().truncatedTo(ChronoUnit.SECONDS) : before.since()));
    }

    /** How fetching one kind from an account ended; null for well. */
    void pulled(String account, String kind, String reason) {
        pulls.computeIfAbsent(account, name -> new ConcurrentHashMap<>()).compute(kind, (name, before) -> reason == null ? null
                : new Condition(reason, before == null ? Instant.now().truncatedTo(ChronoUnit.SECONDS) : before.since()));
    }

    /** Since when, and how, an account fails; null when its last call was answered, and its last round of each kind that is pulled. */
    public Condition account(String name) {
        Condition sending = accounts.get(name);
        return sending != null ? sending : pulls.getOrDefault(name, Map.of()).values().stream().min(Comparator.comparing(Condition::since)).orElse(null);
    }

    /** The same of a downstream. A batch that it does not like says nothing about the downstream. */
    private Condition downstream(String name) {
        DownstreamCircuit state = circuits.of(name);
        Instant since = state.failingSince();
        return since == null ? null : new Condition(state.lastError(), since.truncatedTo(ChronoUnit.SECONDS));
    }

    private String ledgerProblem() {
        if (database.writer().away() != null) {
            return database.writer().away();
        }
        if (System.currentTimeMillis() - ledgerAskedAt > KEPT) {
            try (Connection connection = ledger.getConnection(); Statement statement = connection.createStatement()) {
                statement.setQueryTimeout(5);
                statement.execute("SELECT 1 FROM message WHERE 1 = 0");
                ledgerProblem = null;
            } catch (SQLException e) {
                ledgerProblem = e.getMessage().lines().findFirst().orElse("");
            }
            ledgerAskedAt = System.currentTimeMillis();
        }
        return ledgerProblem;
    }

    private static final class Check extends AbstractHealthCheck {

        private final Consumer<HealthCheckResultBuilder> judge;

        Check(String name, Consumer<HealthCheckResultBuilder> judge) {
            super("sms-bridge", name);
            this.judge = judge;
        }

        @Override
        public boolean isLiveness() {
            return false;
        }

        @Override
        protected void doCall(HealthCheckResultBuilder result, Map<String, Object> options) {
            result.up();
            judge.accept(result);
        }
    }
}
