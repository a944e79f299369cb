package io.smsbridge.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.ShutdownAware;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is committed into the outbox is taken, in order, whoever ends in between. */
class OutboxTest {

    private static final String POSTGRES = System.getProperty("test.postgres", "");

    @TempDir
    Path home;
    private final String schema = "outbox_" + UUID.randomUUID().toString().replace("-", "");
    private LedgerDatabase ledger;
    private CamelContext context;
    private final List<String> taken = Collections.synchronizedList(new ArrayList<>());
    private final List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());

    /** A schema of its own on the PostgreSQL of -Dtest.postgres, else a SQLite file. */
    @BeforeEach
    void create() throws SQLException {
        if (!POSTGRES.isEmpty()) {
            execute("CREATE SCHEMA " + schema);
        }
        start();
    }

    private void start() {
        String url = POSTGRES.isEmpty() ? "jdbc:sqlite:" + home.resolve("ledger.db")
                : POSTGRES + (POSTGRES.contains("?") ? "&" : "?") + "currentSchema=" + schema;
        // As the bridge does. Two copies of SQLite's library in one process, the driver's own and this one, crash it sooner or later.
        NativeLibrary.load(home, home);
        ledger = LedgerDatabase.open(url, null, null, 10_000, OutboxTest::sql);
        ledger.start();
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(POSTGRES); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @AfterEach
    void stop() throws SQLException {
        if (context != null) {
            context.stop();
        }
        ledger.close();
        if (!POSTGRES.isEmpty()) {
            execute("DROP SCHEMA " + schema + " CASCADE");
        }
    }

    private static String sql(String name) {
        try {
            return Files.readString(Path.of("routes/sql", name + ".sql"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void route(String options, Processor... steps) throws Exception {
        context = new DefaultCamelContext();
        context.addComponent("outbox", new OutboxComponent(ledger.outbox()));
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                var route = from("outbox:events?target=crm" + options).routeId("forward");
                for (Processor step : steps) {
                    route.process(step);
                }
            }
        });
        context.start();
    }

    private void note(OutboxBatch batch) {
        sizes.add(batch.items().size());
        batch.items().forEach(item -> taken.add(item.get("id").asText()));
    }

    private Processor remove() {
        return exchange -> {
            OutboxBatch batch = exchange.getMessage().getBody(OutboxBatch.class);
            note(batch);
            ledger.outbox().settle(batch, transaction -> ledger.outbox().remove(transaction, batch));
        };
    }

    private void put(int lane, String... ids) throws Exception {
        List<ObjectNode> items = new ArrayList<>();
        for (String id : ids) {
            items.add(JsonNodeFactory.instance.objectNode().put("id", id));
        }
        written(transaction -> ledger.outbox().put(transaction, "events", List.of("crm"),
                new Outbox.Entry(lane, "", 0, 0, null, transaction.now(), 0, null, items))).get(180, TimeUnit.SECONDS);
    }

    private interface Rows {
        void write(LedgerTransaction transaction) throws SQLException;
    }

    private CompletableFuture<Void> written(Rows rows) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        ledger.writer().submit(new LedgerWork() {
            @Override
            public void write(LedgerTransaction transaction) throws SQLException {
                rows.write(transaction);
            }

            @Override
            public void committed() {
                done.complete(null);
            }

            @Override
            public void failed(Exception reason) {
                done.completeExceptionally(reason);
            }
        });
        return done;
    }

    private int count(String table) throws SQLException {
        try (var connection = ledger.reads().getConnection(); var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
            return rows.next() ? rows.getInt(1) : -1;
        }
    }

    private void awaitEmpty() {
        await().atMost(Duration.ofSeconds(180)).until(() -> count("outbox") == 0 && count("payload") == 0);
    }

    @Test
    void whatIsPutIsTakenOnceAndGone() throws Exception {
        route("", remove());
        put(1, "a", "b");
        awaitEmpty();
        assertThat(taken).containsExactly("a", "b");
    }

    /** Camel ends a stop that it has forced some time after the route was started again. */
    @Test
    void theLateEndOfAForcedStopDoesNotEndTheNextStart() throws Exception {
        route("", remove());
        ((ShutdownAware) context.getRoutes().get(0).getConsumer()).prepareShutdown(false, true);
        put(1, "a");
        awaitEmpty();
        assertThat(taken).containsExactly("a");
    }

    @Test
    void aBacklogIsTakenInItsOrderAndWhatIsHighGoesFirst() throws Exception {
        for (int i = 0; i < 500; i++) {
            put(1, "normal" + i);
        }
        put(0, "high");
        route("&parallel=1&batchSize=10", remove());
        awaitEmpty();
        assertThat(taken).hasSize(501).contains("high");
        assertThat(taken.indexOf("high")).isLessThan(30);
        taken.remove("high");
        assertThat(taken).containsExactlyElementsOf(IntStream.range(0, 500).mapToObj(i -> "normal" + i).toList());
        assertThat(sizes).allMatch(size -> size <= 10).contains(10);
    }

    @Test
    void whatWasInHandWhenTheProcessEndedIsTakenByTheNext() throws Exception {
        CountDownLatch killed = new CountDownLatch(1);
        LedgerDatabase first = ledger;
        route("", exchange -> {
            note(exchange.getMessage().getBody(OutboxBatch.class));
            killed.await(60, TimeUnit.SECONDS);
            first.outbox().putBack(exchange.getMessage().getBody(OutboxBatch.class));
        });
        put(1, "a");
        await().until(() -> !taken.isEmpty());
        CamelContext hanging = context;
        taken.clear();
        // On a database that others use, too, it is free when the lease of the one that hangs has run out: it renews it no longer.
        first.close();
        start();
        route("", remove());
        awaitEmpty();
        assertThat(taken).containsExactly("a");
        killed.countDown();
        hanging.stop();
    }

    @Test
    void aRetryComesAtItsTimeWithItsFailureCounted() throws Exception {
        List<Integer> attempts = Collections.synchronizedList(new ArrayList<>());
        route("", exchange -> {
            OutboxBatch batch = exchange.getMessage().getBody(OutboxBatch.class);
            attempts.add(batch.attempts());
            if (attempts.size() < 3) {
                long now = System.currentTimeMillis();
                ledger.outbox().settle(batch, transaction -> ledger.outbox().retry(transaction, batch, now + 50, now));
            } else {
                ledger.outbox().settle(batch, transaction -> ledger.outbox().remove(transaction, batch));
            }
        });
        put(1, "a");
        awaitEmpty();
        assertThat(attempts).containsExactly(0, 1, 2);
    }

    @Test
    void aRouteThatFailsLeavesADeadLetter() throws Exception {
        route("", exchange -> {
            throw new IllegalStateException("no map");
        });
        put(1, "a");
        awaitEmpty();
        assertThat(count("dead_letter")).isEqualTo(1);
    }

    @Test
    void aWorkThatFailsSpoilsNoneOfThoseItIsWrittenWith() throws Exception {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int id = i;
            all.add(written(transaction -> transaction.sql("record-payload").set("id", id % 100 == 99 ? 1_000L : id).set("body", new byte[0]).execute()));
        }
        int failed = 0;
        for (CompletableFuture<Void> one : all) {
            try {
                one.get(180, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                failed++;
            }
        }
        assertThat(failed).isEqualTo(1);
        assertThat(count("payload")).isEqualTo(199);
    }

    @Test
    void moreThanTheWindowHoldsStaysInTheTableAndIsTakenInTheEnd() throws Exception {
        route("&parallel=2&batchSize=10", remove());
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            ObjectNode item = JsonNodeFactory.instance.objectNode().put("id", String.valueOf(i));
            all.add(written(transaction -> ledger.outbox().put(transaction, "events", List.of("crm"),
                    new Outbox.Entry(1, "", 0, 0, null, transaction.now(), 0, null, List.of(item)))));
        }
        for (CompletableFuture<Void> one : all) {
            one.get(180, TimeUnit.SECONDS);
        }
        awaitEmpty();
        assertThat(taken).hasSize(5_000).doesNotHaveDuplicates();
    }
}
