package io.smsbridge.forward;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.smsbridge.TestBridge.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.TestBridge;
import io.smsbridge.settings.Block;
import io.smsbridge.settings.BlockKind;
import io.smsbridge.settings.DownstreamSettings;
import io.smsbridge.settings.RetrySchedule;
import io.smsbridge.settings.Settings;
import org.apache.camel.util.TimeUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The route template downstream: formats, credentials, parts, retries and dead letters. */
class DownstreamTest {

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
                downstream.ce.url=%1$s/cloudevents?tenant=7
                downstream.ce.headers=X-Team: crm, X-Token: s3cret
                downstream.raw.url=%1$s/raw
                downstream.raw.format=raw
                downstream.raw.basicUsername=bridge
                downstream.raw.basicPassword=p:w
                downstream.own.url=%1$s/own
                downstream.own.format=own
                downstream.own.contentType=application/vnd.own+json
                downstream.own.bearerToken=t0ken
                downstream.own.itemsPerPost=2
                downstream.own.events=delivered
                downstream.flaky.url=%1$s/flaky
                downstream.flaky.retryDelay=100ms
                downstream.flaky.responseTimeout=4000
                downstream.cleverTap.url=%1$s/cleverTap
                downstream.cleverTap.format=clevertap
                downstream.slow.url=%1$s/slow
                downstream.slow.parallelPosts=1
                downstream.tired.url=%1$s/tired
                downstream.tired.retryMaxAge=0s
                """.formatted(downstream.url()), "own.jslt", "{\"ids\": [for (.) .messageId]}");
    }

    @AfterAll
    static void stop() {
        bridge.close();
        downstream.close();
    }

    @BeforeEach
    void forget() {
        // Whoever has been made to wait goes on.
        downstream.takeAll();
        bridge.awaitIdle();
        downstream.takeAll();
    }

    private static void report(String... messageIds) throws Exception {
        String body = java.util.Arrays.stream(messageIds).map(id -> "{\"messageId\": \"" + id + "\", \"to\": \"447700900123\", "
                        + "\"callbackData\": \"meta of " + id + "\", \"doneAt\": \"2026-11-23T10:00:00.000+0000\", \"status\": {\"groupId\": 3, \"id\": 5}}")
                .collect(Collectors.joining(",", "{\"results\": [", "]}"));
        assertThat(bridge.post("/infobip/delivery-reports/main", body).statusCode()).isEqualTo(200);
    }

    private static LoggedRequest onlyPost(String path) {
        await().until(() -> downstream.posts(path).size() == 1);
        return downstream.posts(path).get(0);
    }

    @Test
    void cloudEventsAreTheDefault() throws Exception {
        report("m1");
        LoggedRequest post = onlyPost("/cloudevents?tenant=7");
        assertThat(post.getHeader("Content-Type")).isEqualTo("application/cloudevents-batch+json");
        assertThat(post.getHeader("X-Team")).isEqualTo("crm");
        assertThat(post.getHeader("X-Token")).isEqualTo("s3cret");
        assertThat(JSON.readTree(post.getBodyAsString())).isEqualTo(JSON.readTree("""
                [{"specversion": "1.0", "id": "m1:delivered", "source": "/infobip-sms-bridge/accounts/main", "type": "sms.delivered",
                  "subject": "m1", "time": "2026-11-23T10:00:00.000Z", "datacontenttype": "application/json",
                  "data": {"id": "m1:delivered", "type": "delivered", "time": "2026-11-23T10:00:00.000Z", "account": "main",
                           "messageId": "m1", "meta": "meta of m1", "to": "447700900123", "status": {"groupId": 3, "id": 5}}}]"""));
    }

    @Test
    void rawIsWhatInfobipSent() throws Exception {
        report("raw1");
        LoggedRequest post = onlyPost("/raw");
        assertThat(post.getHeader("Authorization")).isEqualTo("Basic YnJpZGdlOnA6dw==");
        assertThat(JSON.readTree(post.getBodyAsString())).isEqualTo(JSON.readTree("""
                {"results": [{"messageId": "raw1", "to": "447700900123", "callbackData": "meta of raw1",
                              "doneAt": "2026-11-23T10:00:00.000+0000", "status": {"groupId": 3, "id": 5}}]}"""));
    }

    @Test
    void aTeamsOwnMapDecidesTheBodyAndItemsPerPostTheParts() throws Exception {
        report("a", "b", "c", "d", "e");
        await().until(() -> downstream.posts("/own").size() == 3);
        assertThat(downstream.bodies("/own").stream().map(body -> body.get("ids").toString()))
                .containsExactlyInAnyOrder("[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"e\"]");
        assertThat(downstream.posts("/own")).allSatisfy(post -> {
            assertThat(post.getHeader("Authorization")).isEqualTo("Bearer t0ken");
            assertThat(post.getHeader("Content-Type")).isEqualTo("application/vnd.own+json");
        });
    }

    @Test
    void eachGetsOnlyTheEventsItAskedFor() throws Exception {
        bridge.post("/infobip/delivery-reports/main", "{\"results\": [{\"messageId\": \"f\", \"status\": {\"groupId\": 2, \"id\": 9}}]}");
        onlyPost("/raw");
        await().until(() -> bridge.waiting("events.own") == 0);
        assertThat(downstream.posts("/own")).isEmpty();
    }

    static List<ResponseDefinitionBuilder> passing() {
        return List.of(aResponse().withStatus(500), aResponse().withStatus(503), aResponse().withStatus(429).withHeader("Retry-After", "1"),
                aResponse().withStatus(408), aResponse().withStatus(425), aResponse().withFixedDelay(10_000),
                aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER));
    }

    @ParameterizedTest
    @MethodSource("passing")
    void triesAgainWhatMayPass(ResponseDefinitionBuilder failure) throws Exception {
        downstream.answers("/flaky", failure, failure);
        report(TestBridge.newId());
        await().until(() -> downstream.posts("/flaky").size() == 3);
        List<JsonNode> bodies = downstream.bodies("/flaky");
        assertThat(bodies).allSatisfy(body -> assertThat(body).isEqualTo(bodies.get(0)));
        // The others were told once, and did not wait.
        await().until(() -> bridge.waiting("events.raw") == 0);
        assertThat(downstream.posts("/raw")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 404, 410, 301})
    void keepsAsADeadLetterWhatIsRefusedForGood(int status) throws Exception {
        downstream.answers("/flaky", aResponse().withStatus(status).withBody("no thanks").withHeader("Location", "/elsewhere"));
        String one = TestBridge.newId();
        String two = TestBridge.newId();
        report(one, two);
        JsonNode letter = bridge.takeLetter("events.flaky");
        assertThat(letter.get("reason").asText()).isEqualTo("HTTP " + status + " " + (status != 301 ? "no thanks" : "a redirect to /elsewhere is not followed; if it is right, give it as downstream.flaky.url: no thanks"));
        assertThat(letter.get("attempts").asInt()).isEqualTo(1);
        assertThat(letter.get("payload").findValuesAsText("messageId")).containsExactly(one, two);
        assertThat(downstream.posts("/flaky")).hasSize(1);
        assertThat(downstream.posts("/elsewhere")).isEmpty();
    }

    @Test
    void keepsAsADeadLetterWhatHasBeenTriedLongEnough() throws Exception {
        downstream.answers("/tired", aResponse().withStatus(503));
        report(TestBridge.newId());
        assertThat(bridge.takeLetter("events.tired").get("reason").asText()).startsWith("HTTP 503");
        assertThat(downstream.posts("/tired")).hasSize(1);
    }

    /** A 2xx is an answer, whatever its body is: an error on reading it would have the events told again. */
    @ParameterizedTest
    @ValueSource(strings = {"text/html; charset=none-such", "nonsense", "application/json"})
    void a2xxWithABodyNobodyCanReadIsTaken(String contentType) throws Exception {
        downstream.answers("/flaky", aResponse().withHeader("Content-Type", contentType).withBody("<\u00ff{\"unprocessed\""),
                aResponse().withStatus(500));
        String id = TestBridge.newId();
        report(id);
        await().until(() -> !downstream.posts("/flaky").isEmpty() && bridge.waiting("events.flaky") == 0);
        assertThat(downstream.bodies("/flaky")).hasSize(1);
    }

    @Test
    void aDownstreamThatHangsHoldsUpNoOther() throws Exception {
        downstream.server.stubFor(post(urlEqualTo("/slow")).atPriority(1).willReturn(aResponse().withFixedDelay(3000)));
        for (int i = 0; i < 20; i++) {
            report(TestBridge.newId());
        }
        await().until(() -> downstream.posts("/raw").size() == 20);
        assertThat(downstream.posts("/slow").size()).isLessThan(20);
    }

    /** Refuses a batch for as long as the bad item is in it. */
    @ParameterizedTest
    @ValueSource(ints = {400, 413, 422})
    void findsTheBadItemOfABatchAndDeliversTheRest(int status) throws Exception {
        List<String> ids = IntStream.range(0, 9).mapToObj(i -> TestBridge.newId()).toList();
        downstream.server.stubFor(post(urlEqualTo("/flaky")).atPriority(1).withRequestBody(containing(ids.get(6)))
                .willReturn(aResponse().withStatus(status).withBody("bad item")));
        report(ids.toArray(String[]::new));

        JsonNode letter = bridge.takeLetter("events.flaky");
        assertThat(letter.get("reason").asText()).isEqualTo("HTTP " + status + " bad item");
        assertThat(letter.get("payload").findValuesAsText("messageId")).containsExactly(ids.get(6));
        await().untilAsserted(() -> assertThat(downstream.bodies("/flaky").stream()
                .filter(body -> !body.toString().contains(ids.get(6))).flatMap(body -> body.findValuesAsText("subject").stream()))
                .containsExactlyInAnyOrderElementsOf(ids.stream().filter(id -> !id.equals(ids.get(6))).toList()));
    }

    @Test
    void keepsExactlyWhatATwoHundredLeftUnprocessed() throws Exception {
        List<String> ids = IntStream.range(0, 3).mapToObj(i -> TestBridge.newId()).toList();
        downstream.answers("/cleverTap", aResponse().withBody("""
                {"status": "partial", "processed": 2, "unprocessed": [{"status": "fail", "code": 555, "error": "unknown meta",
                 "record": {"meta": "meta of %s", "ts": 1795428000}}]}""".formatted(ids.get(1))));
        report(ids.toArray(String[]::new));
        JsonNode letter = bridge.takeLetter("events.cleverTap");
        assertThat(letter.get("reason").asText()).isEqualTo("answered 2xx, but did not process: 555 unknown meta");
        assertThat(letter.get("payload").findValuesAsText("messageId")).containsExactly(ids.get(1));
        assertThat(downstream.posts("/cleverTap")).hasSize(1);
    }

    /** A delivery and a click of one message in one second differ in their fields alone. */
    @Test
    void ofTwoEventsOfOneSecondKeepsTheOneThatWasNotProcessed() throws Exception {
        String id = TestBridge.newId();
        downstream.answers("/cleverTap", aResponse().withBody("""
                {"unprocessed": [{"error": "no", "record": {"meta": "meta of %s", "ts": 1795428000, "url": "https://example.com/"}}]}""".formatted(id)));
        // So that both go in one POST.
        bridge.circuits().of("cleverTap").pause();
        report(id);
        assertThat(bridge.post("/infobip/clicks/main", "{\"url\": \"https://example.com/\", \"messageId\": \"" + id
                + "\", \"callbackData\": \"meta of " + id + "\", \"sendDateTime\": 1795428000000}").statusCode()).isEqualTo(200);
        bridge.circuits().of("cleverTap").resume();
        JsonNode letter = bridge.takeLetter("events.cleverTap");
        assertThat(letter.get("payload").findValuesAsText("type")).containsExactly("clicked");
    }

    /** CleverTap takes nothing without the client's id, and the part of a refused batch that holds nothing else is not posted. */
    @Test
    void ofARefusedBatchWhatTheFormatHasNoWordForIsLeftOut() throws Exception {
        String bad = TestBridge.newId();
        String good = TestBridge.newId();
        downstream.server.stubFor(post(urlEqualTo("/cleverTap")).atPriority(1).withRequestBody(containing(bad)).willReturn(aResponse().withStatus(400)));
        String silent = "{\"messageId\": \"%s\", \"status\": {\"groupId\": 3, \"id\": 5}}";
        String loud = "{\"messageId\": \"%1$s\", \"callbackData\": \"meta of %1$s\", \"status\": {\"groupId\": 3, \"id\": 5}}";
        bridge.post("/infobip/delivery-reports/main", "{\"results\": [" + String.join(",", silent.formatted(TestBridge.newId()), silent.formatted(TestBridge.newId()),
                loud.formatted(bad), loud.formatted(good)) + "]}");
        JsonNode letter = bridge.takeLetter("events.cleverTap");
        assertThat(letter.get("payload").findValuesAsText("messageId")).containsExactly(bad);
        await().until(() -> bridge.waiting("events.cleverTap") == 0);
        // All four, the half with both, and each of the two alone.
        assertThat(downstream.posts("/cleverTap")).hasSize(4);
        assertThat(downstream.bodies("/cleverTap").stream().filter(body -> !body.toString().contains(bad)).toList()).singleElement()
                .satisfies(body -> assertThat(body.toString()).contains(good));
    }

    @ParameterizedTest
    @CsvSource({"cleverTap, 10m, 6h", "ce, 5s, 15m", "flaky, 100ms, 15m"})
    void waitsAsLongAsEachFormatAsksFor(String name, String delay, String maxDelay) {
        Block block = Settings.read(bridge.context()).blocks(BlockKind.DOWNSTREAM).stream().filter(one -> one.name().equals(name))
                .findFirst().orElseThrow();
        assertThat(DownstreamSettings.of(name, block::get).retry()).isEqualTo(new RetrySchedule(TimeUtils.toMilliSeconds(delay), 2,
                TimeUtils.toMilliSeconds(maxDelay), 0.1, TimeUtils.toMilliSeconds("24h"), Integer.MAX_VALUE));
    }
}
