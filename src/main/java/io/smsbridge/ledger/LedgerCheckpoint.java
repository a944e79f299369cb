package io.smsbridge.ledger;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies SQLite's write-ahead log into its file. Left to SQLite itself, the writer does that inside a commit, and whoever waits for that
 * commit waits for the copying, too. Here it is done beside the writer, who goes on writing. He only copies the little that came meanwhile,
 * between two commits, as nothing else makes the log start again from its beginning.
 */
final class LedgerCheckpoint implements Runnable {

    /** Milliseconds. */
    static final long EVERY = 1_000;
    /** Pages in the log at which SQLite does it within a commit, as a last resort: 400 MB. */
    static final int LAST_RESORT = 100_000;

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.ledger");
    /** Pages in the log, 40 MB. A commit of random ids touches hundreds of pages, and the more of them share a copy the better. */
    private static final int LONG = 10_000;

    private final DataSource reads;
    private final LedgerWriter writer;

    LedgerCheckpoint(DataSource reads, LedgerWriter writer) {
        this.reads = reads;
        this.writer = writer;
    }

    @Override
    public void run() {
        try (Connection connection = reads.getConnection()) {
            if (copy(connection) > LONG) {
                writer.submit(transaction -> transaction.afterCommit(() -> finish(transaction.connection())));
            }
        } catch (SQLException | RuntimeException e) {
            failed(e);
        }
    }

    private static void finish(Connection connection) {
        try {
            copy(connection);
        } catch (SQLException e) {
            failed(e);
        }
    }

    private static void failed(Exception e) {
        LOG.debug("the write-ahead log can't be copied, and is copied later: {}", e.getMessage());
    }

    /** How many pages are in the log. What a reader still needs from it, or another one is just copying, stays for the next time. */
    private static int copy(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(PASSIVE)")) {
            row.next();
            return row.getInt("log");
        }
    }
}
