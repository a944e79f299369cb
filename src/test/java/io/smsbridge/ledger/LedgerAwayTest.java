package io.smsbridge.ledger;

import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import com.github.tomakehurst.wiremock.stubbing.Scenario;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A ledger that can't be written for a time, as somebody else has locked its file. */
@DisabledIfSystemProperty(named = "test.postgres", matches = ".+")
class LedgerAwayTest {

    private static final String REPORT = """
            {"results": [{"messageId": "%s", "to": "447700900123", "status": {"groupId": 3, "id": 5, "groupName": "DELIVERED", "name": "DELIVERED_TO_HANDSET"},
             "error": {"groupId": 0, "id": 0, "name": "NO_ERROR"}}]}""";

    @TempDir
    Path home;
    ScriptedInfobip infobip;
    ScriptedDownstream downstream;

    @BeforeEach
    void start() {
        infobip = new ScriptedInfobip();
        downstream = new ScriptedDownstream();
    }

    @AfterEach
    void stop() {
        infobip.close();
        downstream.close();
    }

    private TestBridge bridge(String more) throws Exception {
        return new TestBridge(home, """
                account.main.baseUrl=%s
                account.main.apiKey=key
                sms.default-account=main
                downstream.crm.url=%s/crm
                """.formatted(infobip.url(), downstream.url()) + more);
    }

    @Test
    void whatComesIsAnswered503UntilItCanBeStoredAgain() throws Exception {
        try (TestBridge bridge = bridge("")) {
            try (Connection ledger = bridge.ledger(); Statement lock = ledger.createStatement()) {
                lock.execute("BEGIN IMMEDIATE");
                CompletableFuture<Integer> send = status(bridge, "/sms/send", "{\"to\": \"447700900123\", \"text\": \"Hi\"}");
                assertThat(status(bridge, "/infobip/delivery-reports/main", REPORT.formatted("away-1")).get()).isEqualTo(503);
                assertThat(send.get()).isEqualTo(503);
                for (String kind : new String[] {"delivery-reports", "inbound-messages", "clicks"}) {
                    assertThat(bridge.post("/infobip/" + kind, "not readable").statusCode()).as(kind).isEqualTo(503);
                }
                lock.execute("COMMIT");
            }
            await().until(() -> status(bridge, "/infobip/delivery-reports/main", REPORT.formatted("away-2")).get() == 200);
            await().untilAsserted(() -> assertThat(downstream.items("/crm")).hasSize(1));
            assertThat(downstream.items("/crm").get(0).at("/data/messageId").asText()).isEqualTo("away-2");
            assertThat(infobip.calls()).isEmpty();
        }
    }

    @Test
    void aPageThatInfobipHasHandedOutIsStoredInTheEnd() throws Exception {
        String url = "/sms/3/reports?limit=1000";
        infobip.server.stubFor(get(urlEqualTo(url)).atPriority(10).willReturn(okJson("{\"results\": []}")));
        try (TestBridge bridge = bridge("account.main.pullInterval=1s\n")) {
            try (Connection ledger = bridge.ledger(); Statement lock = ledger.createStatement()) {
                lock.execute("BEGIN IMMEDIATE");
                infobip.server.stubFor(get(urlEqualTo(url)).atPriority(1).inScenario("page").whenScenarioStateIs(Scenario.STARTED)
                        .willSetStateTo("handed out").willReturn(okJson(REPORT.formatted("pulled"))));
                await().atMost(Duration.ofSeconds(60)).until(() -> bridge.database().writer().away() != null);
                lock.execute("COMMIT");
            }
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(downstream.items("/crm")).hasSize(1));
            assertThat(downstream.items("/crm").get(0).at("/data/messageId").asText()).isEqualTo("pulled");
        }
    }

    /** As it does when its disk is full. */
    @Test
    void afterATransactionThatSqliteHasEndedByItselfAllIsAsBefore() throws Exception {
        try (TestBridge bridge = bridge("")) {
            try (Connection ledger = bridge.ledger(); Statement trigger = ledger.createStatement()) {
                trigger.execute("CREATE TRIGGER full BEFORE INSERT ON payload WHEN instr(CAST(new.body AS TEXT), 'too much') "
                        + "BEGIN SELECT RAISE(ROLLBACK, 'full'); END");
            }
            assertThat(bridge.post("/sms/send", "{\"to\": \"447700900125\", \"text\": \"too much\"}").statusCode()).isEqualTo(500);
            assertThat(bridge.post("/sms/send", "{\"to\": \"447700900124\", \"text\": \"Hi\"}").statusCode()).isEqualTo(200);
            assertThat(bridge.post("/infobip/delivery-reports/main", REPORT.formatted("after")).statusCode()).isEqualTo(200);
            await().untilAsserted(() -> assertThat(downstream.items("/crm")).hasSize(1));
            await().untilAsserted(() -> assertThat(infobip.calls()).hasSize(1));
            try (Connection ledger = bridge.ledger(); Statement count = ledger.createStatement();
                    ResultSet messages = count.executeQuery("SELECT COUNT(*) FROM message WHERE recipient = '447700900125'")) {
                messages.next();
                assertThat(messages.getInt(1)).as("messages stored of what was refused").isZero();
            }
        }
    }

    private static CompletableFuture<Integer> status(TestBridge bridge, String path, String body) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return bridge.post(path, body).statusCode();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
