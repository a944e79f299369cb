package io.smsbridge.ledger;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;

import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What an error of the database says. */
final class DatabaseErrors {

    private static final Set<SQLiteErrorCode> OF_SQLITE = Set.of(SQLiteErrorCode.SQLITE_BUSY, SQLiteErrorCode.SQLITE_LOCKED, SQLiteErrorCode.SQLITE_READONLY,
            SQLiteErrorCode.SQLITE_INTERRUPT, SQLiteErrorCode.SQLITE_IOERR, SQLiteErrorCode.SQLITE_FULL, SQLiteErrorCode.SQLITE_CANTOPEN, SQLiteErrorCode.SQLITE_AUTH,
            SQLiteErrorCode.SQLITE_NOTADB);
    /** Connection, resources (a full disk too), operator intervention, system error. */
    private static final Set<String> OF_POSTGRESQL = Set.of("08", "53", "57", "58");
    private static final int PRIMARY = 0xff;

    private DatabaseErrors() {
    }

    /** Whether it is the database that fails, whatever it was asked; not a deadlock, which is over when one of both tries again. */
    static boolean isOfDatabase(Exception problem) {
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLiteException sqlite) {
                return OF_SQLITE.contains(SQLiteErrorCode.getErrorCode(sqlite.getResultCode().code & PRIMARY));
            }
            if (cause instanceof SQLTransientConnectionException) {
                return true;
            }
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState().length() >= 2 && OF_POSTGRESQL.contains(sql.getSQLState().substring(0, 2));
            }
        }
        return false;
    }
}
