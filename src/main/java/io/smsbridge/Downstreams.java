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

    /** What a downstream asks for. Raw: whether its map reads the element as Infobip sent it, half of an event's size. */
    private record Wish(Set<String> types, int itemsPerPost, boolean raw) {
    }

    /** @param queues the queues of all downstreams with the same wish, as one recipient list */
    private record Group(Wish wish, String queues) {
    }

    private final List<Group> groups;
    private final Set<String> asked;
    private final boolean intermediateReports;
    private final Map<String, String> contentTypes;
    private final Map<String, String> schedules;

    private Downstreams(Map<Wish, List<String>> namesByWish, Map<String, String> contentTypes, Map<String, String> schedules, boolean test) {
        this.groups = namesByWish.entrySet().stream().map(wish -> new Group(wish.getKey(), wish.getValue().stream()
                .map(name -> "jms:queue:events." + name + "?exchangePattern=InOnly").collect(Collectors.joining(",")))).toList();
        this.asked = groups.stream().flatMap(group -> group.wish().types().stream()).collect(Collectors.toSet());
        this.intermediateReports = asked.contains("sent") && !test;
        this.contentTypes = contentTypes;
        this.schedules = schedules;
    }

    /** @param rawMaps names of the maps that read an event's raw */
    static Downstreams of(Settings settings, Set<String> rawMaps) {
        List<Block> blocks = settings.blocks(Kind.DOWNSTREAM);
        return new Downstreams(
                blocks.stream().collect(Collectors.groupingBy(block -> new Wish(Set.copyOf(types(block.get("events"))),
                        Integer.parseInt(block.get("itemsPerPost")), rawMaps.contains(block.get("format"))),
                        LinkedHashMap::new, Collectors.mapping(Block::name, Collectors.toList()))),
                blocks.stream().collect(Collectors.toMap(Block::name, Downstreams::contentType)),
                blocks.stream().collect(Collectors.toMap(Block::name, Downstreams::schedule)), false);
    }

    /** The one reader of send-test. */
    static Downstreams ofTest() {
        return new Downstreams(Map.of(new Wish(Set.of("sent", "failed"), 1, false), List.of(SendTest.READER)), Map.of(), Map.of(), true);
    }

    /**
     * What to queue for whom: {@code {queues: a recipient list, events: those of the types asked for}}, in parts of what one POST
     * holds.
     */
    public List<Document> parts(List<Map<String, Object>> events) {
        List<Document> parts = new ArrayList<>();
        for (Group group : groups) {
            Wish wish = group.wish();
            List<Map<String, Object>> wanted = events.stream().filter(event -> wish.types().contains(event.get("type")))
                    .map(event -> wish.raw() ? event : withoutRaw(event)).toList();
            for (int from = 0; from < wanted.size(); from += wish.itemsPerPost()) {
                Document part = new Document();
                part.put("queues", group.queues());
                part.put("events", wanted.subList(from, Math.min(from + wish.itemsPerPost(), wanted.size())));
                parts.add(part);
            }
        }
        return parts;
    }

    /** The types of events that some downstream asks for. */
    public Set<String> asked() {
        return asked;
    }

    /** Whether some downstream asks for that type of events. */
    public boolean asks(String type) {
        return asked.contains(type);
    }

    /** Whether Infobip is to report on messages that are on their way. A test has gone by then. */
    public boolean intermediateReports() {
        return intermediateReports;
    }

    /** Whether some downstream's map reads the element as Infobip sent it. */
    public boolean readRaw() {
        return groups.stream().anyMatch(group -> group.wish().raw());
    }

    private static Map<String, Object> withoutRaw(Map<String, Object> event) {
        if (!event.containsKey("raw")) {
            return event;
        }
        Map<String, Object> copy = new LinkedHashMap<>(event);
        copy.remove("raw");
        return copy;
    }

    /** Content-Type of the POSTs to a downstream. */
    public String contentType(String name) {
        return contentTypes.get(name);
    }

    /** When calls to a downstream that failed are tried again, as {@link Retries#next} takes it. */
    public String schedule(String name) {
        return schedules.get(name);
    }

    private static String schedule(Block block) {
        String maxDelay = block.has("retryMaxDelay") ? block.get("retryMaxDelay") : isClevertap(block) ? "6h" : "15m";
        String schedule = String.join(" ", retryDelay(block), maxDelay, block.get("retryMaxAge"), block.get("retryMultiplier"), block.get("retryJitter"));
        return block.has("retryMaxAttempts") ? schedule + " " + block.get("retryMaxAttempts") : schedule;
    }

    private static String retryDelay(Block block) {
        return block.has("retryDelay") ? block.get("retryDelay") : isClevertap(block) ? "10m" : "5s";
    }

    static String probeDelay(Block block) {
        return block.has("probeDelay") ? block.get("probeDelay") : retryDelay(block);
    }

    static String probeMaxDelay(Block block) {
        return block.has("probeMaxDelay") ? block.get("probeMaxDelay") : isClevertap(block) ? "30m" : "1m";
    }

    /** CleverTap asks for ten minutes, and does not recognise what it is told twice after a timeout. */
    private static boolean isClevertap(Block block) {
        return block.get("format").equals("clevertap");
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
