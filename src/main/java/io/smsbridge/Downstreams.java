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

    private Downstreams(List<Map<String, Object>> all, Map<String, String> contentTypes) {
        this.all = all;
        this.contentTypes = contentTypes;
    }

    static Downstreams of(Settings settings) {
        List<Block> blocks = settings.blocks(Kind.DOWNSTREAM);
        return new Downstreams(blocks.stream().map(block -> downstream(
                block.name(), types(block.get("events")), Integer.parseInt(block.get("itemsPerPost")))).toList(),
                blocks.stream().collect(Collectors.toMap(Block::name, Downstreams::contentType)));
    }

    /** The one reader of send-test. */
    static Downstreams ofTest() {
        return new Downstreams(List.of(downstream(SendTest.READER, List.of("sent", "failed"), 1)), Map.of());
    }

    private static Map<String, Object> downstream(String name, List<String> events, int itemsPerPost) {
        return Map.of("name", name, "events", events, "itemsPerPost", itemsPerPost);
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
