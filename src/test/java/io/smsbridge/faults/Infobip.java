package io.smsbridge.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/** Infobip's side: remembers every message it was given, and refuses an id it has had with status 23, as the real one does. */
final class Infobip extends Peer {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * A message as Infobip has it.
     *
     * @param text     tells the harness which of its messages it is
     * @param meta     the client's own id; null for none
     * @param rejected refused in the answer, so that no report follows
     */
    record Message(String id, String to, String text, String meta, boolean rejected) {
    }

    private final Map<String, Message> byId = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> idsByText = new ConcurrentHashMap<>();
    private final AtomicLong repeated = new AtomicLong();
    private final Consumer<List<Message>> accepted;

    /** @param accepted is told which messages each call brought that were new and not rejected */
    Infobip(Vertx vertx, long seed, Consumer<List<Message>> accepted) {
        super(vertx, "infobip", seed);
        this.accepted = accepted;
    }

    /** All messages it has had. */
    Map<String, Message> messages() {
        return byId;
    }

    /** The ids under which each text came: one, unless a message was made twice. */
    Map<String, Set<String>> idsByText() {
        return idsByText;
    }

    /** How often an id came that it had had: harmless, as the answer to it is status 23. */
    long repeated() {
        return repeated.get();
    }

    @Override
    Post take(HttpServerRequest request, Buffer body) {
        ObjectNode answer = JSON.createObjectNode().put("bulkId", "bulk");
        ArrayNode results = answer.putArray("messages");
        List<Message> fresh = new ArrayList<>();
        for (JsonNode message : read(body).path("messages")) {
            String text = message.at("/content/text").asText();
            for (JsonNode destination : message.path("destinations")) {
                String id = destination.path("messageId").asText();
                String to = destination.path("to").asText();
                Message mine = new Message(id, to, text, message.at("/webhooks/callbackData").asText(null), Math.floorMod(text.hashCode(), 50) == 0);
                boolean known = byId.putIfAbsent(id, mine) != null;
                idsByText.computeIfAbsent(text, absent -> ConcurrentHashMap.newKeySet()).add(id);
                if (known) {
                    repeated.incrementAndGet();
                } else if (!mine.rejected()) {
                    fresh.add(mine);
                }
                ObjectNode result = results.addObject().put("messageId", id).put("destination", to);
                ObjectNode status = result.putObject("status").put("description", "described");
                if (mine.rejected()) {
                    status.put("groupId", 5).put("groupName", "REJECTED").put("id", 6).put("name", "REJECTED_NETWORK");
                } else if (known) {
                    status.put("groupId", 5).put("groupName", "REJECTED").put("id", 23).put("name", "REJECTED_DUPLICATE_MESSAGE_ID");
                } else {
                    status.put("groupId", 1).put("groupName", "PENDING").put("id", 26).put("name", "PENDING_ACCEPTED");
                }
            }
        }
        if (!fresh.isEmpty()) {
            accepted.accept(fresh);
        }
        return new Post(answer.toString(), () -> { });
    }

    @Override
    String bridge(HttpServerRequest request) {
        return request.getHeader("Authorization").substring("App ".length());
    }

    private static JsonNode read(Buffer body) {
        try {
            return JSON.readTree(body.getBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
