package io.smsbridge.security;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

import io.smsbridge.ledger.LedgerSession;
import io.smsbridge.text.Networks;

/** What the command {@code caller} does in the ledger. Running bridges take it over within seconds. */
public final class CallerAdmin {

    /** Options of a caller, as the command has them. */
    public static final List<String> OPTIONS = List.of("--accounts", "--networks", "--requests-per-second", "--recipients-per-second",
            "--recipients-per-day");
    private static final int HIGHEST_RATE = 1_000_000;
    private static final int HIGHEST_CAP = 1_000_000_000;

    /** Something that the command's user has to give otherwise. */
    public static final class Wrong extends Exception {
        private static final long serialVersionUID = 1L;

        Wrong(String message) {
            super(message);
        }
    }

    private final LedgerSession ledger;
    private final List<String> accounts;

    /** @param accounts those of the settings */
    public CallerAdmin(LedgerSession ledger, List<String> accounts) {
        this.ledger = ledger;
        this.accounts = accounts;
    }

    /** Adds a caller; its key, which is kept nowhere, or null where it gets none. */
    public String add(String name, Map<String, String> options, boolean withKey) throws SQLException, Wrong {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
            throw new Wrong("'" + name + "' is no name; it has to be up to 64 letters, digits, . _ and -");
        }
        if (name.equals(CallerDirectory.DEFAULT) || name.equals(Caller.ANYONE)) {
            throw new Wrong("the name " + name + " is taken; give another");
        }
        if (write("add-caller", row(name, options, new CallerRow(name, "", "", 0, 0, 0, System.currentTimeMillis()))) == 0) {
            throw new Wrong("there is a caller " + name + " already; caller rotate " + name + " gives it a new key, caller change " + name + " other limits");
        }
        String key = withKey ? addKey(name) : null;
        ledger.commit();
        return key;
    }

    /** Changes what the options say, and nothing else. */
    public void change(String name, Map<String, String> options) throws SQLException, Wrong {
        write("change-caller", row(name, options, known(name)));
        ledger.commit();
    }

    /** A new key; those of before end after so many milliseconds. */
    public String rotate(String name, long overlap) throws SQLException, Wrong {
        known(name);
        long end = System.currentTimeMillis() + overlap;
        ledger.execute("expire-caller-credentials", statement -> statement.set("name", name).set("expiresAt", end));
        String key = addKey(name);
        ledger.commit();
        return key;
    }

    public void remove(String name) throws SQLException, Wrong {
        known(name);
        ledger.execute("remove-caller-credentials", statement -> statement.set("name", name));
        ledger.execute("remove-caller", statement -> statement.set("name", name));
        ledger.commit();
    }

    /** A line for each caller, for people. */
    public List<String> list() throws SQLException {
        Map<String, List<CredentialRow>> credentials = ledger.query("find-caller-credentials",
                statement -> statement.set("now", System.currentTimeMillis()), CredentialRow::of).stream().collect(Collectors.groupingBy(CredentialRow::caller));
        List<String> lines = new ArrayList<>();
        for (CallerRow row : rows()) {
            lines.add(row.name() + ": " + (row.accounts().isEmpty() ? "all accounts" : "accounts " + row.accounts())
                    + (row.networks().isEmpty() ? "" : ", from " + row.networks())
                    + (row.requestsPerSecond() == 0 ? "" : ", " + row.requestsPerSecond() + " requests in a second")
                    + (row.recipientsPerSecond() == 0 ? "" : ", " + row.recipientsPerSecond() + " recipients in a second")
                    + (row.recipientsPerDay() == 0 ? "" : ", " + row.recipientsPerDay() + " recipients in a day"));
            List<CredentialRow> keys = credentials.getOrDefault(row.name(), List.of());
            keys.forEach(key -> lines.add("  key of " + time(key.createdAt()) + (key.expiresAt() == null ? "" : ", valid until " + time(key.expiresAt()))));
            if (keys.isEmpty()) {
                lines.add("  no key");
            }
        }
        return lines;
    }

    private static String time(long millis) {
        return Instant.ofEpochMilli(millis - millis % 1000).toString();
    }

    private List<CallerRow> rows() throws SQLException {
        return ledger.query("find-callers", statement -> { }, CallerRow::of);
    }

    private CallerRow known(String name) throws SQLException, Wrong {
        List<CallerRow> rows = rows();
        return rows.stream().filter(row -> row.name().equals(name)).findFirst().orElseThrow(() -> new Wrong("there is no caller " + name
                + (rows.isEmpty() ? "" : "; there are " + rows.stream().map(CallerRow::name).collect(Collectors.joining(", ")))));
    }

    private String addKey(String name) throws SQLException {
        String key = Secrets.newKey();
        ledger.execute("add-caller-credential", statement -> statement.set("id", UUID.randomUUID().toString()).set("name", name)
                .set("hash", HexFormat.of().formatHex(Secrets.hash(key))).set("now", System.currentTimeMillis()));
        return key;
    }

    private int write(String statement, CallerRow row) throws SQLException {
        return ledger.execute(statement, sql -> {
            sql.set("name", row.name()).set("accounts", row.accounts()).set("networks", row.networks())
                    .set("requestsPerSecond", (long) row.requestsPerSecond()).set("recipientsPerSecond", (long) row.recipientsPerSecond())
                    .set("recipientsPerDay", (long) row.recipientsPerDay());
            if (statement.equals("add-caller")) {
                sql.set("now", row.createdAt());
            }
        });
    }

    private CallerRow row(String name, Map<String, String> options, CallerRow before) throws Wrong {
        String allowed = String.join(",", CallerRow.names(options.getOrDefault("--accounts", before.accounts())));
        for (String account : CallerRow.names(allowed)) {
            if (!accounts.contains(account)) {
                throw new Wrong("--accounts: '" + account + "' is no account; there are " + String.join(", ", accounts));
            }
        }
        String networks = String.join(",", CallerRow.names(options.getOrDefault("--networks", before.networks())));
        try {
            Networks.of(networks);
        } catch (IllegalArgumentException e) {
            throw new Wrong("--networks: " + e.getMessage());
        }
        return new CallerRow(name, allowed, networks, number(options, "--requests-per-second", before.requestsPerSecond(), HIGHEST_RATE),
                number(options, "--recipients-per-second", before.recipientsPerSecond(), HIGHEST_RATE),
                number(options, "--recipients-per-day", before.recipientsPerDay(), HIGHEST_CAP), before.createdAt());
    }

    private static int number(Map<String, String> options, String option, int before, int most) throws Wrong {
        String text = options.getOrDefault(option, String.valueOf(before));
        if (!text.matches("[0-9]{1,10}") || Long.parseLong(text) > most) {
            throw new Wrong(option + ": '" + text + "' has to be a whole number up to " + most + ", or 0 for no limit");
        }
        return Integer.parseInt(text);
    }
}
