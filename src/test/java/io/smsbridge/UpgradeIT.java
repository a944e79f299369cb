package io.smsbridge;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.faults.Database;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/upgrade.md, done as it is printed: backed up under traffic, killed, put back, and started with a new jar. */
class UpgradeIT {

    private static final String JAR = "infobip-sms-bridge.jar";
    private static final String START = "java -jar " + JAR;

    @TempDir
    Path home;

    private final int port = FreePort.find();
    private PackagedBridge bridge;

    /** Infobip as seen by three accounts: one that works, one that is away at the backup until it is put back, one that is back between the two. */
    private final ScriptedInfobip infobip = new ScriptedInfobip();
    private final ScriptedInfobip stuck = away();
    private final ScriptedInfobip late = away();
    private final ScriptedDownstream downstream = new ScriptedDownstream();

    private static ScriptedInfobip away() {
        ScriptedInfobip infobip = new ScriptedInfobip();
        infobip.server.stubFor(post(urlEqualTo(ScriptedInfobip.PATH)).atPriority(1).willReturn(aResponse().withStatus(503)));
        return infobip;
    }

    private void settings(String ledger) throws IOException {
        StringBuilder settings = new StringBuilder(ledger + """
                sms.default-account=main
                webhooks.token=none
                downstream.log.url=%s/log
                downstream.log.events=delivered
                """.formatted(downstream.url()));
        Map.of("main", infobip, "stuck", stuck, "late", late).forEach((account, of) -> settings.append("""
                account.%1$s.baseUrl=%2$s
                account.%1$s.apiKey=k
                account.%1$s.retryDelay=1s
                account.%1$s.retryMaxDelay=1s
                """.formatted(account, of.url())));
        Files.writeString(home.resolve("application.properties"), settings);
        Files.copy(Path.of(System.getProperty("bridge.jar")), home.resolve(JAR));
    }

    private void start() throws Exception {
        bridge = PackagedBridge.start(home, port).awaitAnswering();
    }

    /** The bridge's own ids of these messages. */
    private List<JsonNode> send(String account, String... ids) throws Exception {
        List<JsonNode> messages = new ArrayList<>();
        for (String id : ids) {
            var answer = bridge.post("/sms/send/" + account, "{\"to\": \"447700900123\", \"text\": \"text of %1$s\", \"messageId\": \"%1$s\"}".formatted(id));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            messages.add(TestBridge.JSON.readTree(answer.body()).at("/messages/0"));
        }
        return messages;
    }

    private String state(String id) throws Exception {
        return TestBridge.JSON.readTree(bridge.get("/sms/messages/" + id).body()).at("/messages/0/state").asText();
    }

    private static List<String> ids(List<JsonNode> messages) {
        return messages.stream().map(message -> message.get("messageId").asText()).toList();
    }

    private static List<String> sent(ScriptedInfobip by, String text) {
        return by.calls().stream().flatMap(call -> call.findValues("text").stream()).map(JsonNode::asText).filter(text::equals).toList();
    }

    private void report(String messageId) throws Exception {
        assertThat(bridge.post("/infobip/delivery-reports/main", "{\"results\": [{\"messageId\": \"" + messageId
                + "\", \"to\": \"447700900123\", \"status\": {\"groupId\": 3, \"id\": 5}}]}").statusCode()).isEqualTo(200);
    }

    private List<String> told() {
        return downstream.items("/log").stream().map(event -> event.get("id").asText()).toList();
    }

    /** What waits in a queue, as the metrics say. */
    private double waiting(String queue) throws IOException {
        try (InputStream in = URI.create("http://localhost:" + bridge.managementPort + "/observe/metrics").toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> line.matches("smsbridge_queue_waiting_items\\{.*\"" + Pattern.quote(queue) + "\".*"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ')))).sum();
        }
    }

    /** @param backup the page's parts that copy the ledger, and @param restore the one that puts it back */
    private void backUpKillAndRestore(String backup, String restore, Map<String, String> environment) throws Exception {
        start();
        List<JsonNode> before = send("main", "before-1", "before-2", "before-3");
        await().untilAsserted(() -> assertThat(infobip.messageIds()).containsAll(ids(before)));
        String delivered = ids(before).get(0);
        report(delivered);
        await().untilAsserted(() -> assertThat(told()).containsExactly(delivered + ":delivered"));
        await().until(() -> state("before-2").equals("sent") && state("before-3").equals("sent") && waiting("events.log") == 0);
        List<JsonNode> waiting = send("stuck", "waiting-1", "waiting-2", "waiting-3");
        List<JsonNode> between = send("late", "between-1", "between-2");

        AtomicBoolean traffic = new AtomicBoolean(true);
        CompletableFuture<Integer> during = CompletableFuture.supplyAsync(() -> {
            int count = 0;
            try {
                for (; traffic.get(); count++) {
                    send("main", "during-" + count);
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return count;
        });
        new DocsPage("upgrade.md", backup, home, environment).doRest();
        traffic.set(false);
        assertThat(during.get(60, TimeUnit.SECONDS)).isPositive();

        send("main", "after-1");
        late.acceptAll();
        await().untilAsserted(() -> assertThat(late.acceptedIds()).containsAll(ids(between)));
        await().untilAsserted(() -> assertThat(sent(infobip, "text of after-1")).hasSize(1));
        bridge.kill();
        infobip.acceptAll();
        late.acceptAll();
        stuck.acceptAll();
        downstream.takeAll();

        DocsPage page = new DocsPage("upgrade.md", restore, home, environment);
        page.doUntil(START);
        page.pass(START);
        page.doRest();
        start();

        // What waited goes out once; what had been sent since goes out under the ids that Infobip has seen.
        await().untilAsserted(() -> assertThat(stuck.acceptedIds()).containsExactlyInAnyOrderElementsOf(ids(waiting)));
        await().untilAsserted(() -> assertThat(late.acceptedIds()).containsExactlyInAnyOrderElementsOf(ids(between)));
        for (String id : List.of("waiting-1", "waiting-2", "waiting-3", "between-1", "between-2")) {
            await().untilAsserted(() -> assertThat(state(id)).isEqualTo("sent"));
        }
        // What was accepted before is there, and its ids are taken.
        assertThat(state("before-1")).isEqualTo("delivered");
        assertThat(state("before-3")).isEqualTo("sent");
        List<JsonNode> again = send("main", "before-1", "before-2", "before-3");
        assertThat(ids(again)).isEqualTo(ids(before));
        assertThat(again).allSatisfy(message -> assertThat(message.path("duplicate").asBoolean()).isTrue());
        assertThat(ids(send("stuck", "waiting-1", "waiting-2", "waiting-3"))).isEqualTo(ids(waiting));
        report(delivered);
        report(ids(before).get(1));
        await().untilAsserted(() -> assertThat(told()).containsExactly(ids(before).get(1) + ":delivered"));
        // What was accepted after is not known, as the page says.
        assertThat(bridge.get("/sms/messages/after-1").statusCode()).isEqualTo(404);
        send("main", "after-1");
        await().untilAsserted(() -> assertThat(sent(infobip, "text of after-1")).hasSize(1));
        assertThat(new HashSet<>(infobip.messageIds())).doesNotContainAnyElementsOf(ids(before));
        assertThat(stuck.acceptedIds()).hasSize(waiting.size());
    }

    @Test
    void aSqliteLedger() throws Exception {
        settings("ledger.url=\n");
        backUpKillAndRestore("Back up a SQLite ledger", "Put back a SQLite ledger", Map.of());

        Files.copy(home.resolve(JAR), home.resolve("infobip-sms-bridge-new.jar"));
        DocsPage upgrade = new DocsPage("upgrade.md", "Upgrade", home, Map.of());
        upgrade.doUntil("mv ");
        assertThat(home.resolve("backups/before-upgrade.db")).exists();
        bridge.process.destroy();
        assertThat(bridge.process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        upgrade.passLast(START);
        upgrade.doRest();
        assertThat(home.resolve("infobip-sms-bridge-new.jar")).doesNotExist();
        start();
        assertThat(IntStream.rangeClosed(1, 3).mapToObj(i -> "before-" + i)).allSatisfy(id -> assertThat(state(id)).isIn("sent", "delivered"));
    }

    @Test
    void aPostgres() throws Exception {
        Assumptions.assumeTrue(Database.isInstalled(), "PostgreSQL is not installed");
        try (Database database = new Database("/tmp")) {
            settings(database.settings());
            String url = database.settings().lines().findFirst().orElseThrow().replaceFirst("ledger.url=jdbc:postgresql://", "postgresql://bridge@");
            backUpKillAndRestore("Back up a PostgreSQL", "Put back a PostgreSQL", Map.of("LEDGER", url));
            bridge.close();
        }
    }

    @AfterEach
    void end() throws Exception {
        if (bridge != null) {
            bridge.close();
        }
        for (AutoCloseable peer : List.of(infobip, stuck, late, downstream)) {
            peer.close();
        }
    }
}
