package io.smsbridge.ledger;

import java.nio.file.Path;
import java.util.Map;

import org.flywaydb.core.Flyway;

/** What the JDBC URL of a ledger says. */
final class LedgerUrl {

    private static final String SQLITE = "jdbc:sqlite:";

    private LedgerUrl() {
    }

    static boolean isFile(String url) {
        return url.startsWith(SQLITE);
    }

    /** The file that a URL of SQLite names, which can have options behind it. */
    static Path file(String url) {
        return Path.of(url.substring(SQLITE.length()).replaceFirst("^file:(//(?=/))?", "").replaceFirst("\\?.*", "")).toAbsolutePath();
    }

    static Flyway tables(String url, String username, String password) {
        return Flyway.configure().dataSource(url, username, password).locations("classpath:db/migration")
                .placeholders(Map.of("bigint", isFile(url) ? "INTEGER" : "BIGINT")).load();
    }
}
