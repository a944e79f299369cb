package io.smsbridge.ledger;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.function.Function;

import org.flywaydb.core.Flyway;

/** One transaction on the ledger's tables for a command, beside a running bridge. It is written by {@link #commit}, or not at all. */
public final class LedgerSession implements AutoCloseable {

    private final Connection connection;
    private final Function<String, LedgerSql> statements;

    private LedgerSession(Connection connection, Function<String, LedgerSql> statements) {
        this.connection = connection;
        this.statements = statements;
    }

    /**
     * @param url JDBC URL of SQLite or PostgreSQL; its tables are made where they are missing, for which no bridge of an earlier version may run
     * @param sql gives the text of routes/sql/NAME.sql
     */
    public static LedgerSession open(String url, String username, String password, Function<String, String> sql) throws SQLException {
        boolean file = LedgerUrl.isFile(url);
        Flyway tables = LedgerUrl.tables(url, username, password);
        if (tables.info().pending().length > 0) {
            Path path = file ? LedgerUrl.file(url) : null;
            try (LedgerLock lock = file ? LedgerLock.take(path) : null) {
                tables.migrate();
            }
        }
        Properties options = new Properties();
        if (file) {
            options.setProperty("journal_mode", "WAL");
            options.setProperty("synchronous", "FULL");
            // A busy bridge writes most of the time.
            options.setProperty("busy_timeout", "30000");
            options.setProperty("transaction_mode", "IMMEDIATE");
        } else {
            options.setProperty("user", username);
            options.setProperty("password", password);
        }
        Connection connection = DriverManager.getConnection(url, options);
        connection.setAutoCommit(false);
        return new LedgerSession(connection, name -> LedgerSql.parse(name, sql.apply(name), !file));
    }

    /** The rows of routes/sql/NAME.sql. */
    public <T> List<T> query(String name, LedgerDatabase.Parameters parameters, LedgerStatement.RowReader<T> reader) throws SQLException {
        LedgerSql sql = statements.apply(name);
        try (PreparedStatement prepared = connection.prepareStatement(sql.text())) {
            LedgerStatement statement = new LedgerStatement(sql, prepared);
            parameters.set(statement);
            return statement.query(reader);
        }
    }

    /** Runs routes/sql/NAME.sql; how many rows it has changed. */
    public int execute(String name, LedgerDatabase.Parameters parameters) throws SQLException {
        LedgerSql sql = statements.apply(name);
        try (PreparedStatement prepared = connection.prepareStatement(sql.text())) {
            LedgerStatement statement = new LedgerStatement(sql, prepared);
            parameters.set(statement);
            return statement.execute();
        }
    }

    public void commit() throws SQLException {
        connection.commit();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
