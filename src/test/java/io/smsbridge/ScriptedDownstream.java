package io.smsbridge;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;

/** A downstream over real HTTP that answers as a test scripts it, and 200 where it scripts nothing. */
public final class ScriptedDownstream implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    public final WireMockServer server;

    private final StubMapping acceptance;

    /** A request that is held takes a thread; and a connection that has long been idle is not closed just when it is used again. */
    public static WireMockConfiguration server() {
        return options().dynamicPort().containerThreads(64).jettyIdleTimeout(600_000L);
    }

    public ScriptedDownstream() {
        this(server());
    }

    public ScriptedDownstream(WireMockConfiguration configuration) {
        server = new WireMockServer(configuration);
        server.start();
        acceptance = server.stubFor(any(anyUrl()).atPriority(10).willReturn(aResponse().withStatus(200)));
    }

    /** Forgets the script and the requests so far; a request that comes meanwhile is answered all the same. */
    public void takeAll() {
        forget(server, acceptance);
    }

    /** Leaves the one stub. A reset of all would leave a moment with none, in which WireMock answers 404. */
    public static void forget(WireMockServer server, StubMapping stub) {
        // The requests first: none that is accepted from here on is forgotten.
        server.resetRequests();
        server.getStubMappings().stream().filter(other -> !other.getId().equals(stub.getId())).forEach(server::removeStub);
        server.resetScenarios();
    }

    /** The given answers in their order, one for each POST to the path, then 200. */
    public void answers(String path, ResponseDefinitionBuilder... answers) {
        for (int i = 0; i < answers.length; i++) {
            server.stubFor(any(urlEqualTo(path)).atPriority(1).inScenario(path)
                    .whenScenarioStateIs(i == 0 ? Scenario.STARTED : "after " + i)
                    .willSetStateTo("after " + (i + 1)).willReturn(answers[i]));
        }
    }

    public String url() {
        return server.baseUrl();
    }

    /** The POSTs to a path, the first one first. */
    public List<LoggedRequest> posts(String path) {
        return server.findAll(anyRequestedFor(urlEqualTo(path)));
    }

    public List<JsonNode> bodies(String path) {
        return posts(path).stream().map(post -> read(post.getBodyAsString())).toList();
    }

    /** The elements of the JSON arrays posted to a path. */
    public List<JsonNode> items(String path) {
        return elements(bodies(path));
    }

    /** The elements of the JSON arrays posted to a path and answered 200. */
    public List<JsonNode> itemsTaken(String path) {
        return elements(taken(server, path));
    }

    /** The bodies posted to a path and answered 200, the first one first. One that was refused may be noted only after {@link #forget}. */
    static List<JsonNode> taken(WireMockServer server, String path) {
        List<ServeEvent> events = new ArrayList<>(server.getAllServeEvents());
        Collections.reverse(events);
        return events.stream().filter(event -> event.getRequest().getUrl().equals(path) && event.getResponse().getStatus() == 200)
                .map(event -> read(event.getRequest().getBodyAsString())).toList();
    }

    private static List<JsonNode> elements(List<JsonNode> arrays) {
        List<JsonNode> elements = new ArrayList<>();
        arrays.forEach(array -> array.forEach(elements::add));
        return elements;
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + json, e);
        }
    }

    @Override
    public void close() {
        server.stop();
    }
}
