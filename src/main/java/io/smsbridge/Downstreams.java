package io.smsbridge;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.smsbridge.Settings.Block;
import io.smsbridge.Settings.Kind;

/** Bean {@code downstreams}: who is told of which events. */
public final class Downstreams {

    private final List<Map<String, Object>> all;
    private final Map<String, String> contentTypes;

    Downstreams(Settings settings) {
        all = settings.blocks(Kind.DOWNSTREAM).stream().map(block -> Map.<String, Object>of(
                "name", block.name(),
                "events", types(block.get("events")),
                "itemsPerPost", Integer.parseInt(block.get("itemsPerPost")))).toList();
        contentTypes = settings.blocks(Kind.DOWNSTREAM).stream().collect(Collectors.toMap(Block::name, Downstreams::contentType));
    }

    /** Each downstream as {@code {name, events, itemsPerPost}}. */
    public List<Map<String, Object>> all() {
        return all;
    }

    /** Content-Type of the POSTs to a downstream. */
    public String contentType(String name) {
        return contentTypes.get(name);
    }

    private static String contentType(Block block) {
        if (block.has("contentType")) {
            return block.get("contentType");
        }
        return block.get("format").equals("cloudevents") ? "application/cloudevents-batch+json" : "application/json";
    }

    static List<String> types(String events) {
        return Arrays.stream(events.split(",")).map(String::strip).filter(type -> !type.isEmpty()).toList();
    }
}
