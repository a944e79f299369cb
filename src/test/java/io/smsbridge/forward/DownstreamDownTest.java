package io.smsbridge.forward;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.TestBridge;
import io.smsbridge.forward.DownstreamCircuit.State;
import io.smsbridge.ledger.OutboxQueue;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A downstream that is down: it is probed, loses nothing, is told nothing twice, and costs the others nothing. */
class DownstreamDownTest {

    @TempDir
    static Path home;
    static ScriptedDownstream downstream;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        downstream = new ScriptedDownstream();
        bridge = new TestBridge(home, """
                account.main.baseUrl=http://localhost:1
                account.main.apiKey=k
                sms.default-account=main
                downstream.other.url=%1$s/other
                downstream.weak.url=%1$s/weak
                downstream.weak.itemsPerPost=1
                downstream.weak.retryDelay=1h
                downstream.weak.retryMaxAttempts=3
                downstream.weak.responseTimeout=4000
                downstream.weak.probeDelay=50ms
                downstream.weak.probeMaxDelay=200ms
                downstream.limited.url=%1$s/limited
                downstream.limited.itemsPerPost=1
                downstream.limited.parallelPosts=1
                downstream.limited.retryDelay=1h
                downstream.counted.url=%1$s/counted
                downstream.counted.retryDelay=50ms
                downstream.counted.retryMaxAttempts=3
                downstream.slow.url=%1$s/slow
                downstream.slow.itemsPerPost=1
                downstream.slow.parallelPosts=16
                downstream.slow.downAfter=1
                downstream.slow.probeDelay=50ms
                """.formatted(downstream.url()));
    }

    @AfterAll
    static void stop() {
        bridge.close();
        downstream.close();
    }

    @BeforeEach
    void forget() {
        downstream.takeAll();
        state("weak").resume();
        patiently().until(() -> List.of("other", "weak", "limited", "counted", "slow").stream().allMatch(DownstreamDownTest::isIdle));
        downstream.takeAll();
    }

    private static boolean isIdle(String name) {
        try {
            fetchRetries(name);
            return bridge.waiting("events." + name) == 0 && state(name).state() == State.UP;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** What waits for a retry an hour away is tried now. */
    private static void fetchRetries(String name) throws Exception {
        int hastened = bridge.database().writer().call(transaction -> transaction.sql("hasten-outbox").set("queue", "events").set("target", name)
                .set("now", transaction.now()).execute());
        if (hastened > 0) {
            queue(name).due(1, 0);
        }
    }

    private static OutboxQueue queue(String name) {
        return bridge.database().outbox().queue("events", name);
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(120));
    }

    private static DownstreamCircuit state(String name) {
        return bridge.circuits().of(name);
    }

    private static List<String> report(int count) throws Exception {
        List<String> ids = new ArrayList<>();
        for (String id : IntStream.range(0, count).mapToObj(i -> TestBridge.newId()).toList()) {
            assertThat(bridge.post("/infobip/delivery-reports/main", "{\"results\": [{\"messageId\": \"" + id + "\", \"status\": {\"groupId\": 3, \"id\": 5}}]}")
                    .statusCode()).isEqualTo(200);
            ids.add(id);
        }
        return ids;
    }

    private static void weakAnswers(ResponseDefinitionBuilder answer) {
        downstream.server.stubFor(post(urlEqualTo("/weak")).atPriority(1).willReturn(answer));
    }

    /** What the downstream has answered 200 for: it may refuse a call that was under way when it began to take again. */
    private static List<String> taken(String path) {
        return downstream.itemsTaken(path).stream().map(item -> item.get("subject").asText()).toList();
    }

    static List<ResponseDefinitionBuilder> outages() {
        return List.of(aResponse().withStatus(503), aResponse().withFixedDelay(10_000), aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER));
    }

    @ParameterizedTest
    @MethodSource("outages")
    void isProbedAndThenToldEverythingOnce(ResponseDefinitionBuilder failure) throws Exception {
        weakAnswers(failure);
        Instant before = Instant.now();
        List<String> ids = report(30);
        patiently().until(() -> taken("/other").containsAll(ids));
        DownstreamCircuit weak = state("weak");
        patiently().until(() -> weak.state() == State.DOWN);
        assertThat(weak.isUp()).isFalse();
        assertThat(weak.failuresInARow()).isGreaterThanOrEqualTo(5);
        assertThat(weak.failingSince()).isAfterOrEqualTo(before.minusMillis(1));
        assertThat(weak.lastError()).isNotBlank();

        // More probes than a message may have tries: nothing is given up.
        int failures = weak.failuresInARow();
        patiently().until(() -> weak.failuresInARow() >= failures + 4);
        assertThat(weak.nextProbe()).isNotNull();
        awaitWaitingForWeak(30);
        assertThat(bridge.waiting("dead-letters.events.weak")).isZero();

        // It is back. What had failed before it was known to be down had an hour to wait.
        downstream.takeAll();
        patiently().until(() -> taken("/weak").size() >= 30);
        patiently().until(() -> bridge.waiting("events.weak") == 0);
        assertThat(taken("/weak")).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(weak.state()).isEqualTo(State.UP);
        assertThat(weak.failingSince()).isNull();
        assertThat(weak.nextProbe()).isNull();
    }

    @Test
    void isAskedByNoMoreThanOnePostAtATimeWhileItIsDown() throws Exception {
        weakAnswers(aResponse().withStatus(500).withFixedDelay(100));
        report(40);
        patiently().until(() -> state("weak").state() == State.DOWN);
        // Until then as many were in hand as there are parallelPosts.
        patiently().until(() -> downstream.posts("/weak").size() > 5 + 8);
        int posts = downstream.posts("/weak").size();
        long attempts = attempts();
        patiently().until(() -> downstream.posts("/weak").size() >= posts + 5);
        List<LoggedRequest> probes = downstream.posts("/weak").subList(posts, posts + 5);
        for (int i = 1; i < probes.size(); i++) {
            assertThat(probes.get(i).getLoggedDate().getTime() - probes.get(i - 1).getLoggedDate().getTime()).as("one begins when the last has ended").isGreaterThanOrEqualTo(100);
        }
        assertThat(attempts()).as("no try is counted").isEqualTo(attempts);
        awaitWaitingForWeak(40);
    }

    private static long attempts() throws Exception {
        try (var connection = bridge.ledger(); var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT SUM(attempts) FROM outbox WHERE target = 'weak'")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @Test
    void callsStillInHandWhenItGoesDownGoBackToTheOutbox() throws Exception {
        downstream.server.stubFor(post(urlEqualTo("/slow")).atPriority(1).willReturn(aResponse().withStatus(500).withFixedDelay(8000)));
        List<String> ids = new ArrayList<>(report(15));
        patiently().until(() -> downstream.posts("/slow").size() >= 15);
        downstream.answers("/slow", aResponse().withStatus(500));
        ids.addAll(report(1));
        patiently().until(() -> state("slow").state() == State.DOWN);
        downstream.takeAll();
        patiently().until(() -> bridge.waiting("events.slow") == 0);
        assertThat(taken("/slow")).containsExactlyInAnyOrderElementsOf(ids);
    }

    /** In Hawtio a route is started by a button. */
    @Test
    void startingItsRouteByHandBringsNoStormUponIt() throws Exception {
        weakAnswers(aResponse().withStatus(500));
        report(20);
        patiently().until(() -> state("weak").state() == State.DOWN);
        bridge.context().getRouteController().stopRoute("forward-to-weak");
        bridge.context().getRouteController().startRoute("forward-to-weak");
        int failures = state("weak").failuresInARow();
        patiently().until(() -> state("weak").failuresInARow() >= failures + 3);
        assertThat(queue("weak").running()).isLessThanOrEqualTo(1);
        awaitWaitingForWeak(20);
        downstream.takeAll();
        patiently().until(() -> bridge.waiting("events.weak") == 0);
    }

    /** In Hawtio, where the time that a route has to stop runs out before the answers come. */
    @Test
    void stoppingItsRouteByHandLeavesCallsInHandTheirEvents() throws Exception {
        weakAnswers(aResponse().withStatus(500).withFixedDelay(3000));
        List<String> ids = report(8);
        patiently().until(() -> downstream.posts("/weak").size() >= 8);
        restartRouteOfWeak();
        assertWeakIsTold(ids);
    }

    @Test
    void startingItsRouteByHandBesideAProbeKeepsItRunning() throws Exception {
        weakAnswers(aResponse().withStatus(500));
        List<String> ids = new ArrayList<>(report(8));
        patiently().until(() -> state("weak").state() == State.DOWN);
        weakAnswers(aResponse().withStatus(500).withFixedDelay(1500));
        int posts = downstream.posts("/weak").size();
        patiently().until(() -> downstream.posts("/weak").size() >= posts + 2);
        restartRouteOfWeak();
        ids.addAll(report(30));
        assertWeakIsTold(ids);
    }

    @Test
    void whileItsRouteIsStoppedNothingIsTried() throws Exception {
        weakAnswers(aResponse().withStatus(500));
        List<String> ids = report(8);
        patiently().until(() -> state("weak").failuresInARow() > 10);
        bridge.context().getRouteController().stopRoute("forward-to-weak");
        patiently().until(() -> queue("weak").running() == 0);
        int posts = downstream.posts("/weak").size();
        Instant nextProbe = state("weak").nextProbe();
        patiently().until(() -> Instant.now().isAfter(nextProbe.plusMillis(500)));
        assertThat(downstream.posts("/weak")).hasSize(posts);
        assertThat(bridge.waiting("events.weak")).isEqualTo(8);
        restartRouteOfWeak();
        assertWeakIsTold(ids);
    }

    /** Some may be told again that it had refused before. */
    private static void assertWeakIsTold(List<String> ids) throws Exception {
        patiently().until(() -> isIdle("weak"));
        assertThat(taken("/weak")).containsAll(ids);
        assertThat(bridge.waiting("dead-letters.events.weak")).isZero();
    }

    private static void awaitWaitingForWeak(int count) {
        patiently().until(() -> bridge.waiting("events.weak") == count);
    }

    private static void restartRouteOfWeak() throws Exception {
        bridge.context().getRouteController().stopRoute("forward-to-weak", 100, TimeUnit.MILLISECONDS);
        downstream.takeAll();
        bridge.context().getRouteController().startRoute("forward-to-weak");
    }

    @Test
    void wrongCredentialsCostFewDeadLettersAndTheRestWaits() throws Exception {
        weakAnswers(aResponse().withStatus(401));
        List<String> ids = report(30);
        patiently().until(() -> state("weak").state() == State.DOWN);
        assertThat(state("weak").lastError()).startsWith("HTTP 401");
        downstream.takeAll();
        patiently().until(() -> bridge.waiting("events.weak") == 0);
        long letters = bridge.waiting("dead-letters.events.weak");
        assertThat(letters).isEqualTo(4);
        assertThat(taken("/weak")).hasSize(26).isSubsetOf(ids).doesNotHaveDuplicates();
        assertThat(bridge.manage("POST", "/dead-letters/replay?downstream=weak", "").body()).contains("\"replayed\" : 4");
        patiently().untilAsserted(() -> assertThat(taken("/weak")).containsExactlyInAnyOrderElementsOf(ids));
    }

    @Test
    void oneThatAsksForTimeIsLeftAloneForIt() throws Exception {
        downstream.answers("/limited", aResponse().withStatus(429).withHeader("Retry-After", "5"));
        List<String> ids = report(3);
        patiently().until(() -> state("limited").state() == State.HELD);
        assertThat(state("limited").isUp()).isTrue();
        assertThat(Duration.between(Instant.now(), state("limited").nextProbe())).isLessThanOrEqualTo(Duration.ofSeconds(5));
        patiently().until(() -> state("limited").state() == State.UP);
        patiently().until(() -> downstream.posts("/limited").size() == 4);
        var calls = downstream.posts("/limited");
        assertThat(calls.get(1).getLoggedDate().getTime() - calls.get(0).getLoggedDate().getTime()).isGreaterThanOrEqualTo(4900);
        assertThat(calls.subList(1, 4)).allSatisfy(call -> assertThat(ids).anyMatch(id -> call.getBodyAsString().contains(id)));
    }

    @Test
    void anOperatorsPauseLastsUntilItIsEnded() throws Exception {
        DownstreamCircuit weak = state("weak");
        weak.pause();
        List<String> ids = report(3);
        patiently().until(() -> taken("/other").containsAll(ids));
        assertThat(weak.state()).isEqualTo(State.PAUSED);
        patiently().until(() -> bridge.waiting("events.weak") == 3);
        weak.probeNow();
        assertThat(downstream.posts("/weak")).isEmpty();
        weak.resume();
        patiently().untilAsserted(() -> assertThat(taken("/weak")).containsExactlyInAnyOrderElementsOf(ids));
        assertThat(weak.state()).isEqualTo(State.UP);
    }

    @Test
    void anOperatorNeedNotWaitForTheNextProbe() throws Exception {
        downstream.answers("/limited", aResponse().withStatus(503).withHeader("Retry-After", "3600"));
        List<String> ids = report(1);
        patiently().until(() -> state("limited").state() == State.HELD && bridge.waiting("events.limited") == 1);
        state("limited").probeNow();
        patiently().until(() -> downstream.items("/limited").size() == 2 && taken("/limited").equals(ids));
    }

    @Test
    void isGivenUpAfterTheTriesItMayHave() throws Exception {
        downstream.answers("/counted", aResponse().withStatus(500), aResponse().withStatus(500), aResponse().withStatus(500));
        report(1);
        patiently().until(() -> bridge.waiting("dead-letters.events.counted") == 1);
        assertThat(downstream.posts("/counted")).hasSize(3);
        assertThat(bridge.manage("GET", "/dead-letters?downstream=counted", "").body()).contains("\"attempts\" : 3");
        bridge.manage("DELETE", "/dead-letters?downstream=counted", "");
    }
}
