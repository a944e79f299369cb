package io.smsbridge.receive;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Accounts that ask Infobip for inbound messages and delivery reports, because Infobip can't reach the bridge. */
class PullTest {

    private static final String MESSAGES = "/sms/1/inbox/reports?limit=1000";
    private static final String REPORTS = "/sms/3/reports?limit=1000";
    private static final String NOTHING = "{\"results\": []}";

    @TempDir
    Path home;
    ScriptedInfobip infobip;
    ScriptedDownstream downstream;

    @BeforeEach
    void start() {
        infobip = new ScriptedInfobip();
        downstream = new ScriptedDownstream();
        handsOut(MESSAGES);
        handsOut(REPORTS);
    }

    @AfterEach
    void stop() {
        infobip.close();
        downstream.close();
    }

    private TestBridge bridge(String interval) throws Exception {
        return new TestBridge(home, """
                account.main.baseUrl=%s
                account.main.apiKey=5ecret-pull-key
                account.main.pullInterval=%s
                sms.default-account=main
                downstream.events.url=%s/events
                downstream.events.format=events
                downstream.events.itemsPerPost=2000
                """.formatted(infobip.url(), interval, downstream.url()), "events.jslt", ".");
    }

    /** The given answers in their order, then nothing more. */
    private void handsOut(String url, ResponseDefinitionBuilder... answers) {
        infobip.server.stubFor(get(urlEqualTo(url)).atPriority(10).willReturn(okJson(NOTHING)));
        for (int i = 0; i < answers.length; i++) {
            infobip.server.stubFor(get(urlEqualTo(url)).atPriority(1).inScenario(url)
                    .whenScenarioStateIs(i == 0 ? Scenario.STARTED : "after " + i)
                    .willSetStateTo("after " + (i + 1)).willReturn(answers[i]));
        }
    }

    private int asked(String url) {
        return infobip.server.findAll(getRequestedFor(urlEqualTo(url))).size();
    }

    /** So often more that all but the last of the answers have been dealt with. */
    private void awaitAsked(String url, int times) {
        int before = asked(url);
        await().until(() -> asked(url) >= before + times);
    }

    private List<JsonNode> events(int count) {
        await().until(() -> downstream.items("/events").size() >= count);
        assertThat(downstream.items("/events")).hasSize(count);
        return downstream.items("/events");
    }

    private static ResponseDefinitionBuilder messages(String... ids) {
        return okJson(List.of(ids).stream()
                .map(id -> "{\"messageId\": \"" + id + "\", \"from\": \"447700900123\", \"to\": \"447860000000\", \"text\": \"हाँ\"}")
                .collect(Collectors.joining(",", "{\"results\": [", "], \"messageCount\": 1, \"pendingMessageCount\": 0}")));
    }

    private static String[] ids(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "mo-" + i).toArray(String[]::new);
    }

    @Test
    void whatInfobipHandsOutBecomesEvents() throws Exception {
        handsOut(MESSAGES, messages("mo-1"));
        handsOut(REPORTS, okJson("""
                {"results": [{"bulkId": "b", "messageId": "m-1", "to": "447700900123", "sender": "MyBrand", "messageCount": 1,
                  "sentAt": "2026-11-23T10:00:00.000+0000", "doneAt": "2026-11-23T10:00:05.250+0000", "callbackData": "my-id",
                  "status": {"groupId": 3, "groupName": "DELIVERED", "id": 5, "name": "DELIVERED_TO_HANDSET", "description": "d"},
                  "error": {"groupId": 0, "groupName": "OK", "id": 0, "name": "NO_ERROR", "description": "d", "permanent": false}}]}"""));
        try (TestBridge bridge = bridge("1s")) {
            List<JsonNode> events = events(2);
            assertThat(events).extracting(event -> event.get("id").asText()).containsExactlyInAnyOrder("mo-1:replied", "m-1:delivered");
            assertThat(events).allSatisfy(event -> assertThat(event.get("account").asText()).isEqualTo("main"));
            assertThat(events).filteredOn(event -> event.get("type").asText().equals("replied")).singleElement()
                    .satisfies(event -> assertThat(event.get("text").asText()).isEqualTo("हाँ"));
            awaitAsked(MESSAGES, 2);
            assertThat(infobip.server.findAll(getRequestedFor(anyUrl()))).allSatisfy(
                    request -> assertThat(request.header("Authorization").values()).containsExactly("App 5ecret-pull-key"));
            assertThat(bridge.logged()).noneMatch(line -> line.contains("5ecret-pull-key") || line.contains("447700900123"));
        }
    }

    /** Each with the key of its own. */
    @Test
    void twoAccountsAskForThemselves() throws Exception {
        infobip.server.stubFor(get(urlEqualTo(MESSAGES)).atPriority(1).withHeader("Authorization", equalTo("App k-one")).willReturn(messages("mo-one")));
        infobip.server.stubFor(get(urlEqualTo(MESSAGES)).atPriority(1).withHeader("Authorization", equalTo("App k-two")).willReturn(messages("mo-two")));
        try (TestBridge bridge = new TestBridge(home, """
                account.one.baseUrl=%1$s
                account.one.apiKey=k-one
                account.one.pullInterval=1h
                account.two.baseUrl=%1$s
                account.two.apiKey=k-two
                account.two.pullInterval=90m
                sms.default-account=one
                downstream.events.url=%2$s/events
                downstream.events.format=events
                """.formatted(infobip.url(), downstream.url()), "events.jslt", ".")) {
            assertThat(events(2)).extracting(event -> event.get("messageId").asText() + " " + event.get("account").asText())
                    .containsExactlyInAnyOrder("mo-one one", "mo-two two");
        }
    }

    @Test
    void aFullAnswerIsFollowedAtOnce() throws Exception {
        handsOut(MESSAGES, messages(ids(0, 1000)), messages(ids(1000, 2000)), messages(ids(2000, 2003)), messages("mo-later"));
        try (TestBridge bridge = bridge("1h")) {
            assertThat(events(2003)).extracting(event -> event.get("messageId").asText()).doesNotHaveDuplicates();
            assertThat(asked(MESSAGES)).isEqualTo(3);
            await().until(() -> asked(REPORTS) > 0);
            assertThat(asked(REPORTS)).isEqualTo(1);
        }
    }

    @Test
    void anInfobipThatHangsHoldsUpNoOther() throws Exception {
        handsOut(MESSAGES, messages(ids(0, 1000)), aResponse().withFixedDelay(14_000).withBody(NOTHING));
        try (TestBridge bridge = bridge("1h")) {
            await().until(() -> asked(MESSAGES) == 2);
            long begun = System.nanoTime();
            assertThat(bridge.post("/infobip/delivery-reports/main", "{\"results\": [{\"messageId\": \"m-1\", \"status\": {\"groupId\": 3}}]}").statusCode())
                    .isEqualTo(200);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
            events(1001);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {NOTHING, " {\n\t\"results\" : [\n] , \"messageCount\": 0 }\r\n", ""})
    void anEmptyAnswerLeavesNoTrace(String empty) throws Exception {
        infobip.server.stubFor(get(anyUrl()).atPriority(1).willReturn(okJson(empty)));
        try (TestBridge bridge = bridge("1s")) {
            awaitAsked(MESSAGES, 1);
            awaitAsked(REPORTS, 1);
            int before = TestBridge.log().size();
            awaitAsked(MESSAGES, 2);
            awaitAsked(REPORTS, 2);
            assertThat(TestBridge.logSince(before)).isEmpty();
            assertThat(bridge.letters("").get("total").asInt()).isZero();
        }
    }

    @Test
    void anAnswerThatHoldsNothingForItIsToldInOneLineAndAskedForAgain() throws Exception {
        int before = TestBridge.log().size();
        handsOut(MESSAGES, aResponse().withStatus(500), aResponse().withStatus(401).withBody("447700900123: App 5ecret-pull-key?\nno"),
                aResponse().withStatus(429).withHeader("Retry-After", "1"), aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER),
                messages("mo-after"));
        try (TestBridge bridge = bridge("1s")) {
            assertThat(events(1).get(0).get("messageId").asText()).isEqualTo("mo-after");
        }
        List<String> since = TestBridge.logSince(before);
        assertThat(since).filteredOn(line -> line.contains("no inbound-messages fetched")).hasSize(4)
                .allMatch(line -> line.contains("WARN") && line.contains("account main"));
        assertThat(since).noneMatch(line -> line.startsWith("\tat ") || line.contains("5ecret-pull-key") || line.contains("447700900123"));
    }

    /** It was handed out once. */
    @Test
    void aPageThatCannotBeReadIsKept() throws Exception {
        String broken = " {\"results\": [{\"messageId\": \"mo-1\", \"text\": \"\u0001\"}, {\"mess";
        handsOut(MESSAGES, aResponse().withBody(broken), messages("mo-after"));
        try (TestBridge bridge = bridge("1s")) {
            assertThat(bridge.takeLetter("webhooks.inbound-messages").get("payload").asText()).isEqualTo(broken);
            assertThat(events(1).get(0).get("messageId").asText()).isEqualTo("mo-after");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "<html>447700900123 | no JSON", "{\"status\": \"ok\", \"447700900123\": 1} | a JSON object of the fields status",
        "{\"results\": {\"messageId\": \"m\"}} | a JSON object of the fields results", "[{\"messageId\": \"m\"}] | JSON that is no object"})
    void whatIsNoPageIsAnErrorOfTheAccountToldOnce(String answer, String what) throws Exception {
        int before = TestBridge.log().size();
        infobip.server.stubFor(get(urlEqualTo(MESSAGES)).atPriority(1).willReturn(okJson(answer)));
        try (TestBridge bridge = bridge("1s")) {
            awaitAsked(MESSAGES, 3);
            assertThat(problems(before, "inbound-messages")).singleElement().satisfies(line -> assertThat(line)
                    .contains("WARN", "account main", "it answered 200 with " + what, "Check baseUrl").doesNotContain("447700900123"));
            assertThat(condition(bridge)).startsWith("degraded since ").contains("fetching inbound-messages", what).doesNotContain("447700900123");
            assertThat(lastError(bridge)).contains("fetching inbound-messages", what).doesNotContain("447700900123");
            // A send that is answered says nothing of it.
            bridge.send("main", "{\"to\": \"447700900123\", \"text\": \"Hi\"}");
            await().until(() -> infobip.calls().size() == 1);
            awaitAsked(MESSAGES, 1);
            assertThat(condition(bridge)).contains(what);
            // Another problem is news, and so is its end.
            infobip.server.stubFor(get(urlEqualTo(MESSAGES)).atPriority(1).willReturn(aResponse().withStatus(503)));
            await().until(() -> problems(before, "inbound-messages").size() == 2);
            await().until(() -> condition(bridge).contains("Infobip answered 503"));
            infobip.server.stubFor(get(urlEqualTo(MESSAGES)).atPriority(1).willReturn(okJson(NOTHING)));
            await().until(() -> condition(bridge).isEmpty());
            assertThat(TestBridge.logSince(before)).filteredOn(line -> line.contains("inbound-messages are fetched again")).hasSize(1);
            assertThat(problems(before, "inbound-messages")).hasSize(2);
            assertThat(problems(before, "delivery-reports")).isEmpty();
            assertThat(TestBridge.JSON.readTree(bridge.manage("GET", "/dead-letters", "").body()).get("letters")).isEmpty();
        }
    }

    private static List<String> problems(int before, String kind) throws Exception {
        return TestBridge.logSince(before).stream().filter(line -> line.contains("no " + kind + " fetched")).toList();
    }

    private static String condition(TestBridge bridge) throws Exception {
        for (JsonNode check : TestBridge.JSON.readTree(bridge.manage("GET", "/observe/health/ready", "", new String[0]).body()).get("checks")) {
            if (check.get("name").asText().equals("account main")) {
                assertThat(check.get("status").asText()).isEqualTo("UP");
                return check.path("message").asText();
            }
        }
        throw new AssertionError("no check of the account");
    }

    private static String lastError(TestBridge bridge) throws Exception {
        return TestBridge.JSON.readTree(bridge.manage("POST", "/observe/jolokia",
                "{\"type\": \"read\", \"mbean\": \"io.smsbridge:type=accounts,name=main\", \"attribute\": \"LastError\"}").body()).get("value").asText();
    }

    @Test
    void whatCannotBeStoredIsNotLost() throws Exception {
        int before = TestBridge.log().size();
        try (TestBridge bridge = bridge("1s")) {
            awaitAsked(MESSAGES, 1);
            rename(bridge, "event", "event_away");
            handsOut(MESSAGES, messages("mo-kept"));
            await().until(() -> refusals(before).size() == 1);
            int askedSoFar = asked(MESSAGES);
            await().until(() -> refusals(before).size() == 3);
            assertThat(asked(MESSAGES)).as("nothing more is fetched meanwhile").isEqualTo(askedSoFar);
            rename(bridge, "event_away", "event");
            JsonNode event = events(1).get(0);
            assertThat(event.get("messageId").asText()).isEqualTo("mo-kept");
            assertThat(event.get("account").asText()).isEqualTo("main");
            // The fetching goes on afterwards.
            awaitAsked(MESSAGES, 2);
        }
        assertThat(refusals(before)).allMatch(line -> line.contains("WARN") && line.contains("account main: fetched inbound-messages") && line.contains("event"));
        assertThat(TestBridge.logSince(before)).noneMatch(line -> line.contains("Failed delivery"));
    }

    private static List<String> refusals(int before) throws Exception {
        return TestBridge.logSince(before).stream().filter(line -> line.contains("could not be stored")).toList();
    }

    private static void rename(TestBridge bridge, String table, String name) throws Exception {
        try (var connection = bridge.ledger(); var statement = connection.createStatement()) {
            statement.executeUpdate("ALTER TABLE " + table + " RENAME TO " + name);
        }
    }

    @Test
    void nobodyAsksUnlessToldTo() throws Exception {
        try (TestBridge bridge = bridge("")) {
            assertThat(bridge.context().getRoutes()).noneMatch(route -> route.getRouteId().startsWith("pull-"));
        }
    }

    /** It runs beside a bridge, and would take from it what is handed out once. */
    @Test
    void aTestSendDoesNotFetch() throws Exception {
        try (TestBridge bridge = bridge("1h")) {
            assertThat(bridge.context().getRoutes()).filteredOn(route -> route.getRouteId().startsWith("pull-")).hasSize(2);
        }
        Main test = TestBridge.sendTest(home, "main");
        try {
            test.start();
            assertThat(test.getCamelContext().getRoute("send-via-main")).isNotNull();
            assertThat(test.getCamelContext().getRoutes()).noneMatch(route -> route.getRouteId().startsWith("pull-"));
        } finally {
            test.stop();
        }
    }
}
