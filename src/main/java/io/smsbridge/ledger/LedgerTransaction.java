package io.smsbridge.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** What one commit of the writer is made of. Works that share it can share rows, too: see {@link #group}. */
public final class LedgerTransaction {

    /** What several works of one transaction put together, written once behind the last of them. */
    public interface Group {

        /** Writes what came since the last call, after all works of the transaction. What it adds to another group is written, too. */
        void flush(LedgerTransaction transaction) throws SQLException;

        /** Called in the writer's thread after the commit. */
        default void committed() {
        }

        /** Nothing of it was written, and the group is not used again. */
        default void rolledBack() {
        }
    }

    private final Connection connection;
    private final Function<String, LedgerSql> files;
    private final Map<String, LedgerStatement> statements = new HashMap<>();
    private final Map<Class<?>, Group> groups = new LinkedHashMap<>();
    private final List<Runnable> afterCommit = new ArrayList<>();
    private final LedgerIds ids;
    private final boolean file;
    private long now;

    LedgerTransaction(Connection connection, Function<String, LedgerSql> files, LedgerIds ids) throws SQLException {
        this.connection = connection;
        this.files = files;
        this.ids = ids;
        file = LedgerUrl.isFile(connection.getMetaData().getURL());
    }

    void begin() throws SQLException {
        now = System.currentTimeMillis();
        groups.clear();
        afterCommit.clear();
        if (file) {
            // A command such as caller add writes, too. Waited for here, it never fails a transaction that has read before it writes.
            sql("take-write-lock").execute();
        }
    }

    void flush() throws SQLException {
        // What is accepted is told, and what is told makes nothing more: twice is enough, in whatever order they came.
        for (int pass = 0; pass < 2; pass++) {
            for (Group group : List.copyOf(groups.values())) {
                group.flush(this);
            }
        }
    }

    void commit() throws SQLException {
        connection.commit();
        groups.values().forEach(Group::committed);
        afterCommit.forEach(Runnable::run);
    }

    void rollback() throws SQLException {
        groups.values().forEach(Group::rolledBack);
        groups.clear();
        for (LedgerStatement statement : statements.values()) {
            statement.clear();
        }
        connection.rollback();
    }

    /** The time of the transaction, the same for all its works, in epoch milliseconds. */
    public long now() {
        return now;
    }

    /** The statement of routes/sql/NAME.sql. It is shared: set all its parameters, and execute it before anything else may use it. */
    public LedgerStatement sql(String name) throws SQLException {
        LedgerStatement statement = statements.get(name);
        if (statement == null) {
            LedgerSql sql = files.apply(name);
            statement = new LedgerStatement(sql, connection.prepareStatement(sql.text()));
            statements.put(name, statement);
        }
        return statement;
    }

    /** The transaction's group of this type, made by its first caller. */
    public <G extends Group> G group(Class<G> type, Supplier<G> make) {
        Group group = groups.get(type);
        if (group == null) {
            group = make.get();
            groups.put(type, group);
        }
        return type.cast(group);
    }

    /** Runs in the writer's thread behind the commit; not after a rollback. */
    public void afterCommit(Runnable then) {
        afterCommit.add(then);
    }

    /** The first of so many ids in a row that nobody else has or gets. */
    public long ids(int count) throws SQLException {
        return ids.take(block -> sql("take-ids").set("count", block).query(row -> row.getLong(1)).get(0), count);
    }

    Connection connection() {
        return connection;
    }
}
