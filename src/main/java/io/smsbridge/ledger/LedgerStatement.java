package io.smsbridge.ledger;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A prepared statement whose parameters are set by name. It belongs to one connection, and is used again and again. */
public final class LedgerStatement {

    private final PreparedStatement statement;
    private final String name;
    private final Map<String, int[]> positions = new HashMap<>();
    private int batched;

    LedgerStatement(LedgerSql sql, PreparedStatement statement) {
        this.statement = statement;
        this.name = sql.name();
        for (int i = 0; i < sql.names().size(); i++) {
            int position = i + 1;
            positions.merge(sql.names().get(i), new int[] {position}, (known, one) -> {
                int[] more = java.util.Arrays.copyOf(known, known.length + 1);
                more[known.length] = position;
                return more;
            });
        }
    }

    /** @param value a text, or null */
    public LedgerStatement set(String parameter, String value) throws SQLException {
        for (int position : positions(parameter)) {
            statement.setString(position, value);
        }
        return this;
    }

    public LedgerStatement set(String parameter, long value) throws SQLException {
        for (int position : positions(parameter)) {
            statement.setLong(position, value);
        }
        return this;
    }

    public LedgerStatement set(String parameter, byte[] value) throws SQLException {
        for (int position : positions(parameter)) {
            statement.setBytes(position, value);
        }
        return this;
    }

    public LedgerStatement set(String parameter, Long value) throws SQLException {
        if (value != null) {
            return set(parameter, value.longValue());
        }
        for (int position : positions(parameter)) {
            statement.setNull(position, Types.BIGINT);
        }
        return this;
    }

    private int[] positions(String parameter) {
        int[] found = positions.get(parameter);
        if (found == null) {
            throw new IllegalArgumentException("routes/sql/" + name + ".sql has no parameter :" + parameter + "; it has " + positions.keySet());
        }
        return found;
    }

    public void addBatch() throws SQLException {
        statement.addBatch();
        batched++;
    }

    /** How many rows each of the statements added has changed, in their order. */
    public int[] executeBatch() throws SQLException {
        if (batched == 0) {
            return new int[0];
        }
        batched = 0;
        return statement.executeBatch();
    }

    /** How many rows it has changed. */
    public int execute() throws SQLException {
        return statement.executeUpdate();
    }

    /** What a row is made to. */
    @FunctionalInterface
    public interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    public <T> List<T> query(RowReader<T> reader) throws SQLException {
        List<T> all = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                all.add(reader.read(rows));
            }
        }
        return all;
    }

    /** Forgets what was added for a transaction that is rolled back. */
    void clear() throws SQLException {
        batched = 0;
        statement.clearBatch();
    }

    void close() throws SQLException {
        statement.close();
    }
}
