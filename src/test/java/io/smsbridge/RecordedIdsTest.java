package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

class RecordedIdsTest {

    @TempDir
    Path directory;

    @Test
    void anyIdMayBeThereUntilTheLedgerIsRead() {
        assertThat(new RecordedIds().mayHold("new")).isTrue();
    }

    @Test
    void noneOfTheLedgersIdsIsTakenForNewAndFewNewOnesForItsOwn() throws Exception {
        SQLiteDataSource ledger = new SQLiteDataSource();
        ledger.setUrl("jdbc:sqlite:" + directory.resolve("ledger.db"));
        try (Connection connection = DriverManager.getConnection(ledger.getUrl()); Statement create = connection.createStatement()) {
            create.execute("CREATE TABLE message (id TEXT PRIMARY KEY)");
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO message VALUES (?)")) {
                for (int i = 0; i < 100_000; i++) {
                    insert.setString(1, "stored-" + i);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            connection.commit();
        }
        RecordedIds ids = new RecordedIds();
        ids.add("added before it was read");
        ids.read(ledger);
        await().until(() -> !ids.mayHold("new"));
        ids.add("added afterwards");

        assertThat(IntStream.range(0, 100_000).mapToObj(i -> "stored-" + i)).allMatch(ids::mayHold);
        assertThat(ids.mayHold("added before it was read")).isTrue();
        assertThat(ids.mayHold("added afterwards")).isTrue();
        assertThat(IntStream.range(0, 100_000).filter(i -> ids.mayHold("other-" + i)).count()).isLessThan(100);
    }
}
