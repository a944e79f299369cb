package io.smsbridge;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Bean {@code elements}: takes apart what a map can't read as a whole, so that what is odd in it spoils nothing else. */
public final class Elements {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The elements of a webhook: {@code {element: as text, whole: the same as a webhook of its own}}. */
    public List<Document> ofWebhook(byte[] webhook) throws IOException {
        JsonNode body = JSON.readTree(webhook);
        if (body.isArray()) {
            return split(body, element -> JSON.createArrayNode().add(element));
        }
        return body.path("results").isArray()
                ? split(body.get("results"), element -> JSON.createObjectNode().set("results", JSON.createArrayNode().add(element)))
                : split(JSON.createArrayNode().add(body), element -> element);
    }

    /** The records of a call to Infobip, each as a call of its own, as in {@link #ofWebhook}. */
    public List<Document> ofCall(byte[] call) throws IOException {
        return split(JSON.readTree(call).path("records"), element -> JSON.createObjectNode().set("records", JSON.createArrayNode().add(element)));
    }

    private static List<Document> split(JsonNode elements, UnaryOperator<JsonNode> wrap) {
        List<Document> parts = new ArrayList<>();
        for (JsonNode element : elements) {
            Document part = new Document();
            part.put("element", element.toString());
            part.put("whole", wrap.apply(element).toString());
            parts.add(part);
        }
        return parts;
    }

    /** The events and unreadable elements that a map found in one webhook after the other, as if it had read them in one. */
    public Document joined(List<Map<String, Object>> read) {
        Document all = none();
        read.forEach(one -> {
            list(all, "events").addAll(list(one, "events"));
            list(all, "unreadable").addAll(list(one, "unreadable"));
        });
        return all;
    }

    public Document none() {
        Document none = new Document();
        none.put("events", new ArrayList<>());
        none.put("unreadable", new ArrayList<>());
        return none;
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Map<String, Object> read, String name) {
        return (List<Object>) read.get(name);
    }

    /**
     * What a map has made of a webhook, which is yours to edit: an event without what later steps need could be recorded by none of
     * them, in no number of tries.
     *
     * @throws IllegalArgumentException names the event's field
     */
    public void check(Map<String, Object> read) {
        for (Object event : list(read, "events")) {
            Map<?, ?> fields = (Map<?, ?>) event;
            for (String name : List.of("id", "messageId")) {
                require(fields.get(name) instanceof String text && !text.isEmpty(), name, "text", fields);
            }
            require(SettingsCheck.EVENT_TYPES.contains(fields.get("type")), "type", "one of " + SettingsCheck.EVENT_TYPES, fields);
            require(isTime(fields.get("time")), "time", "a time such as 2026-11-23T10:00:00.000Z", fields);
            require(fields.get("sentAt") == null || isTime(fields.get("sentAt")), "sentAt", "a time such as 2026-11-23T10:00:00.000Z", fields);
        }
    }

    private static boolean isTime(Object value) {
        try {
            return value instanceof String text && Instant.parse(text).equals(MapFunctions.time(text).toInstant());
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static void require(boolean met, String name, String what, Map<?, ?> event) {
        if (!met) {
            throw new IllegalArgumentException("the map made an event whose " + name + " is " + event.get(name) + ", and not " + what);
        }
    }
}
