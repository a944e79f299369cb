package io.smsbridge;

import java.nio.file.Files;
import java.nio.file.Path;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.List;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** The database of the ledger: a SQLite file, or PostgreSQL. Its tables are created and migrated from db/migration. */
final class LedgerStore implements AutoCloseable {

    private static final String SQLITE = "jdbc:sqlite:";
    /** Enough for all consumers and doors of one bridge; SQLite's readers do not wait for its writer. */
    private static final int CONNECTIONS = 16;

    private final HikariDataSource writes;
    private final HikariDataSource reads;

    private LedgerStore(HikariDataSource writes, HikariDataSource reads) {
        this.writes = writes;
        this.reads = reads;
    }

    /**
     * @param directory where the file lies when ledger.url names no database
     * @param home      the directory of application.properties
     */
    static LedgerStore open(Settings settings, Path directory, Path home) {
        String url = settings.get("ledger.url");
        if (url.isEmpty()) {
            try {
                Files.createDirectories(directory);
            } catch (IOException e) {
                throw new UncheckedIOException("data.directory can't be created", e);
            }
            url = SQLITE + directory.resolve("ledger.db");
        }
        if (url.startsWith(SQLITE)) {
            NativeLibrary.load(directory, home);
        }
        try {
            // Flyway needs two connections, and SQLite's pool for writing has one.
            Flyway.configure().dataSource(url, settings.get("ledger.username"), settings.get("ledger.password")).load().migrate();
            HikariDataSource writes = pool(settings, url, url.startsWith(SQLITE) ? 1 : CONNECTIONS);
            return new LedgerStore(writes, url.startsWith(SQLITE) ? pool(settings, url, CONNECTIONS) : writes);
        } catch (FlywayException | PoolInitializationException e) {
            throw new Startup.InvalidSettings(List.of("ledger.url: " + (settings.get("ledger.url").isEmpty() ? directory.toString() : "the database")
                    + " can't be used: " + reason(e)));
        }
    }

    /** What the driver says, and what is behind that: for a host it does not find, the former names nothing. */
    private static String reason(Exception error) {
        Throwable said = error;
        Throwable last = error;
        while (last.getCause() != null) {
            last = last.getCause();
            said = last instanceof SQLException ? last : said;
        }
        return said.getMessage().lines().findFirst().orElse("") + (said == last ? "" : " (" + last + ")");
    }

    private static HikariDataSource pool(Settings settings, String url, int connections) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(settings.get("ledger.username"));
        config.setPassword(settings.get("ledger.password"));
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(Long.parseLong(settings.get("ledger.connectTimeout")));
        if (url.startsWith(SQLITE)) {
            config.addDataSourceProperty("journal_mode", "WAL");
            // A commit is on disk when it returns, as in the queue.
            config.addDataSourceProperty("synchronous", "FULL");
            config.addDataSourceProperty("busy_timeout", "10000");
            // In KiB: the indexes of a million messages.
            config.addDataSourceProperty("cache_size", connections == 1 ? "-65536" : "-4096");
            // Pages of the write-ahead log, 40 MB: a commit of random ids touches hundreds of pages, and with SQLite's own 1000 every
            // fourth commit would write them all a second time.
            config.setConnectionInitSql("PRAGMA wal_autocheckpoint = 10000");
        }
        return new HikariDataSource(config);
    }

    /**
     * For statements that change something, and the look at what they have changed. SQLite has one writer at a time, who is waited for in
     * the pool, in turn.
     */
    DataSource writes() {
        return writes;
    }

    DataSource reads() {
        return reads;
    }

    /** Whether it is a SQLite file. */
    boolean isFile() {
        return reads != writes;
    }

    @Override
    public void close() {
        reads.close();
        writes.close();
    }
}
