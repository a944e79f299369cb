package io.smsbridge.faults;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.awaitility.Awaitility;

/**
 * Somebody at the console who stops and suspends routes and pauses downstreams, and puts each right again after a moment; and who replays
 * what was given up.
 */
final class Operator {

    static final String SETTINGS = "console.password=operator\n";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LOGIN = "Basic " + Base64.getEncoder().encodeToString("admin:operator".getBytes(StandardCharsets.UTF_8));
    private static final List<String> DOWNSTREAMS = List.of("events", "clevertap");
    private static final List<String> ROUTES = List.of("forward-to-events", "forward-to-clevertap", "send-via-main",
            "enrich-for-region-main");
    /** A route is given eight seconds to stop. */
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(3)).build();
    private final List<BridgeProcess> bridges;
    private final Random random;
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicInteger replayed = new AtomicInteger();

    Operator(List<BridgeProcess> bridges, long seed) {
        this.bridges = bridges;
        this.random = new Random(seed);
    }

    /** How many operations the bridges have carried out. */
    int done() {
        return done.get();
    }

    /** How many dead letters went back. */
    int replayed() {
        return replayed.get();
    }

    /** Until all is calm, and everything runs again. */
    void work(BooleanSupplier calm) throws InterruptedException {
        while (!calm.getAsBoolean()) {
            Thread.sleep(random.nextInt(3000));
            BridgeProcess bridge = bridges.get(random.nextInt(bridges.size()));
            String downstream = "io.smsbridge:type=downstreams,name=" + DOWNSTREAMS.get(random.nextInt(DOWNSTREAMS.size()));
            String route = "org.apache.camel:context=infobip-sms-bridge,type=routes,name=\"" + ROUTES.get(random.nextInt(ROUTES.size())) + "\"";
            switch (random.nextInt(5)) {
                case 0 -> doAndUndo(bridge, downstream, "pause", "resume");
                case 1 -> doAndUndo(bridge, route, "suspend()", "resume()");
                case 2 -> does(bridge, downstream, "probeNow");
                case 3 -> replay();
                default -> doAndUndo(bridge, route, "stop()", "start()");
            }
        }
    }

    /** Replays all there is. */
    void replay() throws InterruptedException {
        BridgeProcess bridge = bridges.get(random.nextInt(bridges.size()));
        JsonNode answer = ask(bridge, "io.smsbridge:type=dead-letters", "replayAll");
        if (answer != null) {
            done.incrementAndGet();
            replayed.addAndGet(Integer.parseInt(answer.path("value").asText().replaceAll("(?s).*\"replayed\"\\s*:\\s*([0-9]+).*", "$1")));
        }
    }

    /** A bridge that is killed meanwhile starts with everything running: then there is nothing to undo. */
    private void doAndUndo(BridgeProcess bridge, String mbean, String operation, String opposite) throws InterruptedException {
        does(bridge, mbean, operation);
        Thread.sleep(random.nextInt(2500));
        Awaitility.await(bridge.name + ": " + opposite + " of " + mbean).atMost(Duration.ofSeconds(300)).pollInterval(Duration.ofMillis(200))
                .until(() -> does(bridge, mbean, opposite));
    }

    private boolean does(BridgeProcess bridge, String mbean, String operation) throws InterruptedException {
        boolean well = ask(bridge, mbean, operation) != null;
        if (well) {
            done.incrementAndGet();
        }
        return well;
    }

    /** Null when it was not carried out. */
    private JsonNode ask(BridgeProcess bridge, String mbean, String operation) throws InterruptedException {
        try {
            String body = JSON.writeValueAsString(JSON.createObjectNode().put("type", "exec").put("mbean", mbean).put("operation", operation));
            String answer = http.send(HttpRequest.newBuilder(URI.create(bridge.managementUrl("/hawtio/jolokia"))).timeout(PATIENCE)
                    .header("Authorization", LOGIN).POST(HttpRequest.BodyPublishers.ofString(body)).build(), BodyHandlers.ofString()).body();
            JsonNode read = JSON.readTree(answer);
            return read.path("status").asInt() == 200 ? read : null;
        } catch (IOException e) {
            return null;
        }
    }
}
