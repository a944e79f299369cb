package io.smsbridge.ledger;

import java.io.IOException;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What ledger.text=none leaves of a dead letter. An event that tells no text, such as a delivery report, stays whole. */
final class LetterTexts {

    static final String NOT_REPLAYABLE = "its text was not kept (ledger.text=none)";

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Of these alone it is known that they hold none. */
    private static final Set<String> TEXTLESS_EVENTS = Set.of("queued", "sent", "delivered", "failed", "clicked");
    private static final List<String> KEPT_OF_EVENT = List.of("id", "type", "time", "account", "messageId", "meta", "from", "to", "inReplyTo");
    private static final List<String> KEPT_OF_WEBHOOK = List.of("messageId", "from", "sender", "to", "destination", "receivedAt");

    private LetterTexts() {
    }

    static boolean isIn(String queue, ObjectNode item) {
        return queue.equals("sends") ? item.has("text") : !TEXTLESS_EVENTS.contains(item.path("type").asText());
    }

    static ObjectNode without(String queue, ObjectNode item) {
        return queue.equals("sends") ? item.deepCopy().without("text") : some(item, KEPT_OF_EVENT);
    }

    /** Of a webhook with inbound messages; any other letter is returned as it is. */
    static DeadLetter without(DeadLetter letter) {
        if (!letter.queue().equals("webhooks") || !letter.target().equals("inbound-messages")) {
            return letter;
        }
        return new DeadLetter(letter.id(), letter.queue(), letter.target(), letter.account(), "not readable as one of inbound-messages", letter.attempts(),
                letter.firstFailedAt(), letter.lastFailedAt(), letter.items(), letter.lane(), letter.grouping(), letter.requestId(), letter.receivedAt(),
                NOT_REPLAYABLE, webhook(letter.body()));
    }

    private static byte[] webhook(byte[] body) {
        try {
            JsonNode tree = JSON.readTree(body);
            if (!tree.path("results").isArray()) {
                return JSON.writeValueAsBytes(some(tree, KEPT_OF_WEBHOOK));
            }
            ObjectNode kept = JsonNodeFactory.instance.objectNode();
            ArrayNode results = kept.putArray("results");
            tree.get("results").forEach(element -> results.add(some(element, KEPT_OF_WEBHOOK)));
            return JSON.writeValueAsBytes(kept);
        } catch (IOException e) {
            return new byte[] {'{', '}'};
        }
    }

    /** Texts and numbers alone: an object could hold anything. */
    private static ObjectNode some(JsonNode item, List<String> fields) {
        ObjectNode some = JsonNodeFactory.instance.objectNode();
        for (String field : fields) {
            if (item.path(field).isTextual() || item.path(field).isNumber()) {
                some.set(field, item.get(field));
            }
        }
        return some;
    }
}
