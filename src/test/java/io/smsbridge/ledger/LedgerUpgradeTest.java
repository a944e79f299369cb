package io.smsbridge.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.smsbridge.ScriptedDownstream;
import io.smsbridge.TestBridge;
import io.smsbridge.TestLedger;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bridge that starts on the ledger of an older version. */
class LedgerUpgradeTest {

    @TempDir
    Path home;

    private static String report(String messageId, int group, int id) {
        return "{\"messageId\": \"" + messageId + "\", \"status\": {\"groupId\": " + group + ", \"id\": " + id + "}}";
    }

    /** Version 3 of the ledger took a delivery to the operator for the end. */
    @Test
    void whatWasDeliveredToTheOperatorMayStillFailAndNothingElse() throws Exception {
        Files.createDirectories(home.resolve("data"));
        String url = TestLedger.settings(home).getProperty("ledger.url", "jdbc:sqlite:" + home.resolve("data/ledger.db"));
        // A process takes it once: the driver would load another copy.
        NativeLibrary.load(home.resolve("data"), home);
        Flyway.configure().dataSource(url, null, null).target("3").placeholders(Map.of("bigint", url.startsWith("jdbc:sqlite:") ? "INTEGER" : "BIGINT")).load()
                .migrate();
        try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO message (id, state, stage, reason, sent_at, ended_at, recorded_by, recorded_at) VALUES "
                    + Stream.of("'operator', 'delivered', 2, 'DELIVERED_TO_OPERATOR'", "'handset', 'delivered', 2, 'DELIVERED_TO_HANDSET'",
                            "'unnamed', 'delivered', 2, NULL", "'failed', 'failed', 2, 'EXPIRED_EXPIRED'", "'sent', 'sent', 1, NULL")
                    .map(row -> "(" + row + ", 1, 2, 'r', " + System.currentTimeMillis() + ")").collect(Collectors.joining(", ")));
        }
        ScriptedDownstream downstream = new ScriptedDownstream();
        try (TestBridge bridge = new TestBridge(home, """
                account.main.baseUrl=%1$s
                account.main.apiKey=k
                sms.default-account=main
                downstream.events.url=%1$s/events
                downstream.events.format=events
                """.formatted(downstream.url()), "events.jslt", ".")) {
            String reports = Stream.of(report("operator", 2, 9), report("handset", 2, 9), report("unnamed", 2, 9), report("failed", 3, 5), report("sent", 2, 9))
                    .collect(Collectors.joining(", ", "{\"results\": [", "]}"));
            assertThat(bridge.post("/infobip/delivery-reports/main", reports).statusCode()).isEqualTo(200);
            bridge.awaitIdle();
            assertThat(downstream.items("/events")).extracting(event -> event.get("id").asText()).containsExactlyInAnyOrder("operator:failed", "sent:failed");
        } finally {
            downstream.close();
        }
    }
}
