package io.smsbridge.maps;

import java.util.List;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.settings.DownstreamSettings;
import io.smsbridge.text.Times;

/** Checks what a map has made of a webhook. A map is a team's to edit, and an event without what later steps need could be recorded by none of them. */
public final class EventCheck implements Consumer<JsonNode> {

    /** @throws IllegalArgumentException names the event's field */
    @Override
    public void accept(JsonNode mapped) {
        for (JsonNode event : mapped.path("events")) {
            require(event.isObject(), event, "events", "objects");
            for (String name : List.of("id", "messageId")) {
                require(event.path(name).isTextual() && !event.path(name).textValue().isEmpty(), event, name, "text");
            }
            require(DownstreamSettings.EVENT_TYPES.contains(event.path("type").asText()), event, "type", "one of " + DownstreamSettings.EVENT_TYPES);
            require(Times.millis(event.get("time")) != null, event, "time", "a time such as 2026-11-23T10:00:00.000Z");
            require(!event.hasNonNull("sentAt") || Times.millis(event.get("sentAt")) != null, event, "sentAt", "a time such as 2026-11-23T10:00:00.000Z");
        }
    }

    private static void require(boolean met, JsonNode event, String name, String what) {
        if (!met) {
            JsonNode value = event.path(name);
            throw new IllegalArgumentException("the map made an event whose " + name + " is " + (value.isTextual() ? value.textValue() : value) + ", and not " + what);
        }
    }
}
