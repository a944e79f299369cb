package io.smsbridge.maps;

import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** CleverTap's failure codes, as the table failure-codes.jslt has them. */
public final class FailureCodes {

    private static final ObjectNode NO_HEADERS = JsonNodeFactory.instance.objectNode();

    private final Maps maps;

    public FailureCodes(Maps maps) {
        this.maps = maps;
    }

    /** Gives each failed event its code; one that it has it keeps. */
    public void add(List<ObjectNode> events) {
        List<ObjectNode> failed = events.stream().filter(event -> "failed".equals(event.path("type").textValue())).toList();
        if (!failed.isEmpty()) {
            ObjectNode input = JsonNodeFactory.instance.objectNode();
            ArrayNode array = input.putArray("events").addAll(failed);
            JsonNode coded = maps.apply("failure-codes", NO_HEADERS, input).path("events");
            for (int i = 0; i < array.size(); i++) {
                failed.get(i).set("failureCode", coded.path(i).get("failureCode"));
            }
        }
    }
}
