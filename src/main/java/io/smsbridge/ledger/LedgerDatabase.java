package io.smsbridge.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.apache.camel.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database of the ledger: a SQLite file, or PostgreSQL. Its tables are created and migrated from db/migration, its statements are
 * the files of routes/sql.
 */
public final class LedgerDatabase implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.ledger");
    /** Readers; they do not wait for the writer. */
    private static final int READERS = 8;

    private final boolean file;
    /** Null for PostgreSQL, which bridges share. */
    private final LedgerLock lock;
    private final HikariDataSource writes;
    private final HikariDataSource reads;
    private final Function<String, LedgerSql> statements;
    private final LedgerWriter writer;
    private final Outbox outbox;
    private final ScheduledExecutorService upkeep;

    /**
     * @param url            JDBC URL of SQLite or PostgreSQL
     * @param connectTimeout milliseconds to wait for a connection
     * @param sql            gives the text of routes/sql/NAME.sql
     */
    public static LedgerDatabase open(String url, String username, String password, long connectTimeout, Function<String, String> sql) {
        LedgerLock lock = LedgerUrl.isFile(url) ? LedgerLock.take(LedgerUrl.file(url)) : null;
        try {
            return new LedgerDatabase(lock, url, username, password, connectTimeout, sql);
        } catch (RuntimeException e) {
            if (lock != null) {
                lock.close();
            }
            throw e;
        }
    }

    private LedgerDatabase(LedgerLock lock, String url, String username, String password, long connectTimeout, Function<String, String> sql) {
        this.lock = lock;
        file = lock != null;
        LedgerUrl.tables(url, username, password).migrate();
        writes = pool(url, username, password, connectTimeout, 1);
        reads = pool(url, username, password, connectTimeout, READERS);
        Map<String, LedgerSql> parsed = new ConcurrentHashMap<>();
        statements = name -> parsed.computeIfAbsent(name, one -> LedgerSql.parse(one, sql.apply(one), !file));
        writer = new LedgerWriter(writes, statements);
        outbox = new Outbox(writer, !file);
        upkeep = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "ledger-upkeep");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** From now on it is written, and what waits in the outbox is looked for. */
    public void start() {
        writer.start();
        if (file) {
            upkeep.scheduleWithFixedDelay(new LedgerCheckpoint(reads, writer), LedgerCheckpoint.EVERY, LedgerCheckpoint.EVERY, TimeUnit.MILLISECONDS);
            outbox.table().releaseAll();
        } else {
            upkeep.scheduleWithFixedDelay(outbox.table()::renewLeases, OutboxTable.LEASE / 3, OutboxTable.LEASE / 3, TimeUnit.MILLISECONDS);
        }
        long every = file ? 5_000 : 1_000;
        upkeep.scheduleWithFixedDelay(this::lookIntoOutbox, 0, every, TimeUnit.MILLISECONDS);
    }

    /** Finds what other bridges have left, and retries of which this one does not know. Beside the writer, who has other things to do. */
    private void lookIntoOutbox() {
        LedgerSql sql = statements.apply("find-due-outbox");
        try (Connection connection = reads.getConnection(); PreparedStatement prepared = connection.prepareStatement(sql.text())) {
            LedgerStatement find = new LedgerStatement(sql, prepared).set("now", System.currentTimeMillis());
            for (OutboxQueue queue : outbox.queues()) {
                for (int lane = 0; lane < OutboxRow.LANES; lane++) {
                    Long due = find.set("queue", queue.queue()).set("target", queue.target()).set("lane", lane)
                            .query(row -> LedgerRows.nullable(row, "due_at")).get(0);
                    if (due != null) {
                        queue.due(lane, due);
                    }
                }
            }
        } catch (SQLException | RuntimeException e) {
            LOG.debug("what waits in the outbox can't be looked for, and is looked for again: {}", e.getMessage());
        }
    }

    private HikariDataSource pool(String url, String username, String password, long connectTimeout, int connections) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(username);
        config.setPassword(password);
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(connectTimeout);
        if (file) {
            config.addDataSourceProperty("journal_mode", "WAL");
            // A commit is on disk when it returns.
            config.addDataSourceProperty("synchronous", "FULL");
            config.addDataSourceProperty("busy_timeout", "10000");
            config.addDataSourceProperty("temp_store", "MEMORY");
            // In KiB: the indexes of a million messages.
            config.addDataSourceProperty("cache_size", connections == 1 ? "-65536" : "-4096");
            config.setConnectionInitSql("PRAGMA wal_autocheckpoint = " + LedgerCheckpoint.LAST_RESORT);
        }
        if (!file) {
            // An error of a batch says the statement with its values, which are numbers and texts, and gets into the log.
            config.addDataSourceProperty("logServerErrorDetail", "false");
        }
        return new HikariDataSource(config);
    }

    public LedgerWriter writer() {
        return writer;
    }

    public Outbox outbox() {
        return outbox;
    }

    /** The component {@code outbox:}. */
    public Component component() {
        return new OutboxComponent(outbox);
    }

    /** For reading beside the writer. */
    public DataSource reads() {
        return reads;
    }

    /** Whether it is a file of this process alone. */
    public boolean isFile() {
        return file;
    }

    /** Bytes that the rows take in the file, without the pages that are free; 0 for a database elsewhere. */
    public long size() throws SQLException {
        if (!file) {
            return 0;
        }
        try (Connection connection = reads.getConnection(); Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Sets a statement's parameters. */
    @FunctionalInterface
    public interface Parameters {
        void set(LedgerStatement statement) throws SQLException;
    }

    /** Runs a query of routes/sql beside the writer. */
    public <T> List<T> query(String name, Parameters parameters, LedgerStatement.RowReader<T> reader) throws SQLException {
        LedgerSql sql = statements.apply(name);
        try (Connection connection = reads.getConnection(); PreparedStatement prepared = connection.prepareStatement(sql.text())) {
            LedgerStatement statement = new LedgerStatement(sql, prepared);
            parameters.set(statement);
            return statement.query(reader);
        }
    }

    /** Runs a statement of routes/sql in a transaction of its own, before {@link #start}: from then on all is written by the writer. */
    public void update(String name, Parameters parameters) throws SQLException {
        LedgerSql sql = statements.apply(name);
        try (Connection connection = writes.getConnection(); PreparedStatement prepared = connection.prepareStatement(sql.text())) {
            LedgerStatement statement = new LedgerStatement(sql, prepared);
            parameters.set(statement);
            statement.execute();
        }
    }

    @Override
    public void close() {
        upkeep.shutdownNow();
        if (!file) {
            outbox.table().releaseOwn();
        }
        writer.close();
        reads.close();
        writes.close();
        if (lock != null) {
            lock.close();
        }
    }
}
