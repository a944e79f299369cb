package io.smsbridge.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import io.smsbridge.faults.Database;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a message takes on disk, measured, and that docs/sizing.md says the same. Prints the figures. */
class SizingTest {

    private static final String TEXT = "Dear customer, your order 4711 is on its way and arrives tomorrow between 9 and 12. Yours, MyBrand ..";
    private static final int MESSAGES = 3_000;
    private static final int FEW = 500;
    private static final int ALONE = 500;
    /** How far the page may be from what is measured. */
    private static final double PERCENT = 33;

    @TempDir
    Path home;

    private TestBridge bridge;

    /** Bytes of the rows, without what those that are gone leave behind. */
    private long bytes() throws Exception {
        if (bridge.database().isFile()) {
            return bridge.database().size();
        }
        try (Connection connection = bridge.ledger(); Statement statement = connection.createStatement()) {
            statement.execute("VACUUM FULL");
            try (ResultSet row = statement.executeQuery("SELECT SUM(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** Does it, waits for its end, and says how many bytes more there are for each. */
    private long bytesForEach(int count, Act act) throws Exception {
        long before = bytes();
        act.run();
        return Math.round((bytes() - before) / (double) count);
    }

    @FunctionalInterface
    private interface Act {
        void run() throws Exception;
    }

    private List<String> send(String account, int count) throws Exception {
        List<String> ids = new ArrayList<>();
        for (int from = 0; from < count; from += 1000) {
            String recipients = IntStream.range(from, Math.min(count, from + 1000)).mapToObj(i -> "{\"to\": \"4477%08d\", \"messageId\": \"%s\"}".formatted(i, UUID.randomUUID()))
                    .collect(Collectors.joining(",", "{\"text\": \"" + TEXT + "\", \"messages\": [", "]}"));
            ids.addAll(bridge.send(account, recipients).get("messages").findValuesAsText("messageId"));
        }
        return ids;
    }

    private void deliver(List<String> ids) throws Exception {
        for (int from = 0; from < ids.size(); from += 1000) {
            bridge.report(3, ids.subList(from, Math.min(ids.size(), from + 1000)).toArray(String[]::new));
        }
    }

    private Map<String, Long> measure(String ledger) throws Exception {
        Map<String, Long> figures = new LinkedHashMap<>();
        try (ScriptedInfobip infobip = new ScriptedInfobip(); ScriptedDownstream downstream = new ScriptedDownstream();
                TestBridge started = new TestBridge(home, """
                        account.main.baseUrl=%1$s
                        account.main.apiKey=k
                        account.main.sender=MyBrand
                        account.away.baseUrl=http://localhost:1
                        account.away.apiKey=k
                        account.away.retryDelay=1h
                        sms.default-account=main
                        downstream.crm.url=%2$s/crm
                        downstream.log.url=%2$s/log
                        %3$s
                        """.formatted(infobip.url(), downstream.url(), ledger))) {
            bridge = started;
            List<String> ids = new ArrayList<>();
            figures.put("a message that was sent, reported and told", bytesForEach(MESSAGES, () -> {
                ids.addAll(send("main", MESSAGES));
                bridge.awaitIdle();
                deliver(ids);
                bridge.awaitIdle();
            }));
            figures.put("a click, besides", bytesForEach(FEW, () -> {
                for (String id : ids.subList(0, FEW)) {
                    bridge.post("/infobip/clicks/main", "{\"messageId\": \"%s\", \"recipient\": \"447700900123\", \"url\": \"https://example.com/sale\", \"sendDateTime\": 1795428000000}".formatted(id));
                }
                bridge.awaitIdle();
            }));
            figures.put("a recipient that waits, of a batch", bytesForEach(MESSAGES, () -> send("away", MESSAGES)));
            figures.put("a recipient that waits, sent alone", bytesForEach(ALONE, () -> {
                for (int i = 0; i < ALONE; i++) {
                    send("away", 1);
                }
            }));
            // Once it has been tried, an event takes as much as others that were in its POST leave it.
            assertThat(bridge.manage("POST", "/downstreams/crm/pause", "").statusCode()).isEqualTo(200);
            List<String> more = send("main", MESSAGES);
            await().until(() -> bridge.waiting("sends.main") == 0);
            figures.put("an event that waits for one downstream", bytesForEach(MESSAGES, () -> {
                deliver(more);
                await().until(() -> bridge.waiting("events.log") == 0);
            }));
        }
        return figures;
    }

    private void assertPageSays(int column, Map<String, Long> measured) throws Exception {
        String page = Files.readString(Path.of("docs/sizing.md"));
        System.out.println("bytes on disk: " + measured);
        measured.forEach((what, bytes) -> {
            Matcher row = Pattern.compile("(?m)^\\| " + Pattern.quote(what) + " \\| ([\\d,]+) \\| ([\\d,]+) \\|").matcher(page);
            assertThat(row.find()).as("docs/sizing.md has a row: %s", what).isTrue();
            assertThat(Double.parseDouble(row.group(column).replace(",", ""))).as("bytes in docs/sizing.md: %s", what).isCloseTo(bytes, within(bytes * PERCENT / 100));
        });
    }

    @Test
    void theFiguresOfSqlite() throws Exception {
        assertPageSays(1, measure("ledger.url=jdbc:sqlite:" + home.resolve("ledger.db")));
    }

    @Test
    void theFiguresOfPostgres() throws Exception {
        Assumptions.assumeTrue(Database.isInstalled(), "PostgreSQL is not installed");
        try (Database database = new Database("/tmp")) {
            assertPageSays(2, measure(database.settings()));
        }
    }
}
