package io.smsbridge.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/** A downstream: remembers of each event when it last answered it 2xx, and which events it got again after that. */
final class Downstream extends Peer {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * An event answered 2xx.
     *
     * @param bridge     which run of which bridge posted it
     * @param receivedAt when the POST was read, in epoch milliseconds
     * @param answeredAt when the answer had left
     */
    record Told(String bridge, long receivedAt, long answeredAt) {
    }

    /** An event that came in a later POST than the one answered 2xx. */
    record Again(String key, Told before, String bridge, long receivedAt) {
    }

    private final boolean clevertap;
    private final Map<String, Told> told = new ConcurrentHashMap<>();
    private final Queue<Again> again = new ConcurrentLinkedQueue<>();
    private final Set<String> repliesWithMeta = ConcurrentHashMap.newKeySet();

    /** @param clevertap whether it is told in CleverTap's form, or else as CloudEvents */
    Downstream(Vertx vertx, String name, long seed, boolean clevertap) {
        super(vertx, name, seed);
        this.clevertap = clevertap;
    }

    /** The final state of a message, as {@link #told} names it. Delivered and failed are one, as only one of them may be told. */
    static String ended(String id) {
        return "ended:" + id;
    }

    static String replied(String id) {
        return "replied:" + id;
    }

    static String clicked(String id) {
        return "clicked:" + id;
    }

    Map<String, Told> told() {
        return told;
    }

    Queue<Again> again() {
        return again;
    }

    /** The meta of the replies that were told with one, so that CleverTap has to be told of them, too. */
    Set<String> repliesWithMeta() {
        return repliesWithMeta;
    }

    @Override
    Post take(HttpServerRequest request, Buffer body) {
        String bridge = bridge(request);
        long receivedAt = System.currentTimeMillis();
        List<String> keys = keys(body);
        for (String key : keys) {
            Told before = told.get(key);
            if (before != null) {
                again.add(new Again(key, before, bridge, receivedAt));
            }
        }
        return new Post("{\"status\":\"success\"}", () -> {
            Told now = new Told(bridge, receivedAt, System.currentTimeMillis());
            keys.forEach(key -> told.put(key, now));
        });
    }

    @Override
    String bridge(HttpServerRequest request) {
        return request.getHeader("X-Bridge");
    }

    private List<String> keys(Buffer body) {
        List<String> keys = new ArrayList<>();
        try {
            for (JsonNode part : JSON.readTree(body.getBytes())) {
                if (clevertap) {
                    for (JsonNode item : part.path("data")) {
                        keys.add(key(part.path("event").asText(), item.path("meta").asText()));
                    }
                } else {
                    JsonNode event = part.path("data");
                    String type = event.path("type").asText();
                    if (type.equals("replied") && event.hasNonNull("meta")) {
                        repliesWithMeta.add(event.get("meta").asText());
                    }
                    // What the bridge refuses has no id of Infobip's; what is on its way is told once for each state.
                    keys.add(event.at("/status/name").asText().equals("REFUSED_BY_BRIDGE") ? ended(event.path("meta").asText())
                            : type.equals("sent") ? "sent:" + event.path("id").asText()
                            : key(type, event.path("messageId").asText()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return keys;
    }

    private static String key(String type, String id) {
        return switch (type) {
            case "delivered", "failed" -> ended(id);
            case "replied" -> replied(id);
            case "clicked" -> clicked(id);
            default -> throw new IllegalArgumentException(type);
        };
    }
}
