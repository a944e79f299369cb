package io.smsbridge.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

import org.flywaydb.core.Flyway;

/** A ledger as a month of sending leaves it: delivered messages, each of a call of 100 recipients. */
final class LedgerRows {

    private static final long MONTH = TimeUnit.DAYS.toMillis(30);

    private LedgerRows() {
    }

    /** Writes the SQLite file of a bridge that has not run yet. */
    static void write(Path home, int messages) throws Exception {
        String url = "jdbc:sqlite:" + Files.createDirectories(home.resolve("data")).resolve("ledger.db");
        Flyway.configure().dataSource(url, "", "").placeholders(Map.of("bigint", "INTEGER")).load().migrate();
        try (Connection connection = DriverManager.getConnection(url)) {
            try (Statement quick = connection.createStatement()) {
                quick.execute("PRAGMA synchronous = OFF");
                quick.execute("PRAGMA cache_size = -1000000");
            }
            connection.setAutoCommit(false);
            insert(connection, messages, System.currentTimeMillis() - MONTH);
            try (Statement ids = connection.createStatement()) {
                ids.execute("UPDATE id_block SET next_id = " + (messages + 1));
            }
            connection.commit();
        }
    }

    private static void insert(Connection connection, int messages, long since) throws Exception {
        SplittableRandom random = new SplittableRandom(1);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO message (seq, id, account, client_id, sender, recipient, bulk_id, "
                + "state, stage, queued_at, sent_at, ended_at, recorded_at) VALUES (?, ?, 'bench', ?, 'Bridge', ?, ?, 'delivered', 3, ?, ?, ?, ?)")) {
            String call = "";
            for (int i = 0; i < messages; i++) {
                call = i % 100 == 0 ? id(random) : call;
                long queued = since + MONTH * i / messages;
                insert.setLong(1, i + 1L);
                insert.setString(2, id(random));
                insert.setString(3, "meta-" + id(random));
                insert.setString(4, "4477" + random.nextInt(10_000_000, 100_000_000));
                insert.setString(5, call);
                insert.setLong(6, queued);
                insert.setLong(7, queued + 500);
                insert.setLong(8, queued + 3_000 + random.nextInt(60_000));
                insert.setLong(9, queued);
                insert.addBatch();
                if (i % 10_000 == 9_999) {
                    insert.executeBatch();
                }
            }
            insert.executeBatch();
        }
    }

    /** 32 hex digits, as random as the bridge's own. */
    private static String id(SplittableRandom random) {
        return String.format("%016x%016x", random.nextLong(), random.nextLong());
    }
}
