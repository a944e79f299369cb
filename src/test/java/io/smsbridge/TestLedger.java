package io.smsbridge;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Where the ledgers of tests are: each home's own SQLite file, or with -Dtest.postgres=JDBC_URL a schema there for each home. */
public final class TestLedger {

    private static final String POSTGRES = System.getProperty("test.postgres", "");
    private static final Set<String> SCHEMAS = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(TestLedger::dropSchemas));
    }

    private TestLedger() {
    }

    /** The settings of the ledger of this home; none where its application.properties name a database, or for the SQLite file. */
    public static Properties settings(Path home) throws IOException, SQLException {
        Properties settings = new Properties();
        Path file = home.resolve("application.properties");
        if (!POSTGRES.isEmpty() && !(Files.exists(file) && Files.readString(file).contains("ledger.url="))) {
            String schema = "home_" + UUID.nameUUIDFromBytes(home.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8)).toString().replace("-", "");
            if (SCHEMAS.add(schema)) {
                execute("CREATE SCHEMA IF NOT EXISTS " + schema);
            }
            settings.setProperty("ledger.url", POSTGRES + (POSTGRES.contains("?") ? "&" : "?") + "currentSchema=" + schema);
        }
        return settings;
    }

    private static void dropSchemas() {
        for (String schema : SCHEMAS) {
            try {
                execute("DROP SCHEMA " + schema + " CASCADE");
            } catch (SQLException e) {
                System.err.println(schema + " stays: " + e.getMessage());
            }
        }
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(POSTGRES); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
