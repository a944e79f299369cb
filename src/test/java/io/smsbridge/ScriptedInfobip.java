package io.smsbridge;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.extension.ResponseDefinitionTransformerV2;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;

/** An Infobip over real HTTP that answers as a test scripts it, and accepts each message where it scripts nothing. */
public final class ScriptedInfobip implements AutoCloseable {

    public static final String PATH = "/sms/3/messages";
    private static final ObjectMapper JSON = new ObjectMapper();

    public final WireMockServer server = new WireMockServer(ScriptedDownstream.server().extensions(new Accepting()));

    private final AtomicInteger held = new AtomicInteger();
    private final CountDownLatch released = new CountDownLatch(1);

    private final StubMapping acceptance;

    public ScriptedInfobip() {
        server.start();
        acceptance = server.stubFor(post(urlEqualTo(PATH)).atPriority(10).willReturn(aResponse().withTransformers("accepting")));
    }

    /** Forgets the script and the calls so far; a call that comes meanwhile is answered all the same. */
    public void acceptAll() {
        ScriptedDownstream.forget(server, acceptance);
    }

    /** The given answers in their order, one for each call, then acceptance. */
    public void answers(ResponseDefinitionBuilder... answers) {
        acceptAll();
        for (int i = 0; i < answers.length; i++) {
            server.stubFor(post(urlEqualTo(PATH)).atPriority(1).inScenario("script")
                    .whenScenarioStateIs(i == 0 ? com.github.tomakehurst.wiremock.stubbing.Scenario.STARTED : "after " + i)
                    .willSetStateTo("after " + (i + 1)).willReturn(answers[i]));
        }
    }

    /** How many calls with a text that begins with "held" wait for their answer. */
    public int held() {
        return held.get();
    }

    /** Answers the calls held, and holds no more. */
    public void release() {
        released.countDown();
    }

    public String url() {
        return server.baseUrl();
    }

    /** The bodies of the calls so far, the first one first. */
    public List<JsonNode> calls() {
        List<JsonNode> calls = new ArrayList<>();
        try {
            for (var request : server.findAll(postRequestedFor(urlEqualTo(PATH)))) {
                calls.add(JSON.readTree(request.getBodyAsString()));
            }
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
        return calls;
    }

    /** The message ids of all calls so far, in their order, repeated where a call was repeated. */
    public List<String> messageIds() {
        return calls().stream().flatMap(call -> call.findValuesAsText("messageId").stream()).toList();
    }

    /** The message ids of the calls answered 200, in their order. */
    public List<String> acceptedIds() {
        return ScriptedDownstream.taken(server, PATH).stream().flatMap(call -> call.findValuesAsText("messageId").stream()).toList();
    }

    @Override
    public void close() {
        release();
        server.stop();
    }

    /** Answers a v3 send as Infobip does: each message PENDING_ACCEPTED, or as its text's prefix "status=GROUP.ID" says. */
    private final class Accepting implements ResponseDefinitionTransformerV2 {
        @Override
        public ResponseDefinition transform(ServeEvent event) {
            try {
                ObjectNode answer = JSON.createObjectNode().put("bulkId", "bulk-1");
                ArrayNode messages = answer.putArray("messages");
                for (JsonNode message : JSON.readTree(event.getRequest().getBodyAsString()).get("messages")) {
                    String text = message.at("/content/text").asText();
                    if (text.startsWith("held")) {
                        held.incrementAndGet();
                        released.await(300, TimeUnit.SECONDS);
                    }
                    boolean asText = text.startsWith("status=") && text.endsWith(" as text");
                    String[] status = text.startsWith("status=") ? text.substring(7).split("[. ]") : new String[] {"1", "26"};
                    for (JsonNode destination : message.get("destinations")) {
                        ObjectNode result = messages.addObject();
                        result.set("messageId", destination.get("messageId"));
                        ObjectNode said = result.putObject("status").put("groupId", Integer.parseInt(status[0])).put("groupName", "GROUP")
                                .put("id", Integer.parseInt(status[1])).put("name", "NAME").put("description", "described");
                        if (asText) {
                            said.put("groupId", status[0]).put("id", status[1]);
                        }
                        result.set("destination", destination.get("to"));
                        result.putObject("details").put("messageCount", 1);
                    }
                }
                return aResponse().withHeader("Content-Type", "application/json").withBody(answer.toString()).build();
            } catch (java.io.IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public boolean applyGlobally() {
            return false;
        }

        @Override
        public String getName() {
            return "accepting";
        }
    }
}
