package io.smsbridge.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads columns that may hold nothing. */
public final class LedgerRows {

    private LedgerRows() {
    }

    public static Long nullable(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }
}
