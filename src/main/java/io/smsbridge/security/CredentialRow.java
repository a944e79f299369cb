package io.smsbridge.security;

import java.sql.ResultSet;
import java.sql.SQLException;

import io.smsbridge.ledger.LedgerRows;

/**
 * A caller's credential as the ledger has it.
 *
 * @param hash      SHA-256, in hexadecimal digits
 * @param createdAt epoch milliseconds
 * @param expiresAt epoch milliseconds; null for never
 */
record CredentialRow(String id, String caller, String hash, long createdAt, Long expiresAt) {

    static CredentialRow of(ResultSet row) throws SQLException {
        return new CredentialRow(row.getString("id"), row.getString("caller"), row.getString("hash"), row.getLong("created_at"),
                LedgerRows.nullable(row, "expires_at"));
    }
}
