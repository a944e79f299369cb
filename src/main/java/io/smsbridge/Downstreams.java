package io.smsbridge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.smsbridge.Settings.Block;
import io.smsbridge.Settings.Kind;

/**
 * Bean {@code downstreams}: who is told of which events. In Java, as a map would have to read and write every event once more
 * between recording it and queueing it.
 */
public final class Downstreams {

    /** @param queues the queues of all downstreams that ask for the same, as one recipient list */
    private record Group(Set<String> types, int itemsPerPost, String queues) {
    }

    private final List<Group> groups;
    private final Map<String, String> contentTypes;

    private Downstreams(Map<List<Object>, List<String>> namesByWish, Map<String, String> contentTypes) {
        this.groups = namesByWish.entrySet().stream().map(wish -> new Group(
                Set.copyOf(types((String) wish.getKey().get(0))), (Integer) wish.getKey().get(1), wish.getValue().stream()
                        .map(name -> "jms:queue:events." + name + "?exchangePattern=InOnly").collect(Collectors.joining(",")))).toList();
        this.contentTypes = contentTypes;
    }

    static Downstreams of(Settings settings) {
        List<Block> blocks = settings.blocks(Kind.DOWNSTREAM);
        return new Downstreams(
                blocks.stream().collect(Collectors.groupingBy(
                        block -> List.of(block.get("events"), Integer.valueOf(block.get("itemsPerPost"))),
                        LinkedHashMap::new, Collectors.mapping(Block::name, Collectors.toList()))),
                blocks.stream().collect(Collectors.toMap(Block::name, Downstreams::contentType)));
    }

    /** The one reader of send-test. */
    static Downstreams ofTest() {
        return new Downstreams(Map.of(List.of("sent,failed", 1), List.of(SendTest.READER)), Map.of());
    }

    /**
     * What to queue for whom: {@code {queues: a recipient list, events: those of the types asked for}}, in parts of what one POST
     * holds.
     */
    public List<Map<String, Object>> parts(List<Map<String, Object>> events) {
        List<Map<String, Object>> parts = new ArrayList<>();
        for (Group group : groups) {
            List<Map<String, Object>> wanted = events.stream().filter(event -> group.types.contains(event.get("type"))).toList();
            for (int from = 0; from < wanted.size(); from += group.itemsPerPost) {
                parts.add(Map.of("queues", group.queues,
                        "events", wanted.subList(from, Math.min(from + group.itemsPerPost, wanted.size()))));
            }
        }
        return parts;
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
