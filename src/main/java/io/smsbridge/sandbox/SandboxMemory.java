package io.smsbridge.sandbox;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.node.IntNode;
import com.schibsted.spt.data.jslt.Function;
import io.smsbridge.maps.MapFunctions;

/**
 * What the sandbox remembers: which message ids it has seen, the last of what was shown, where its short links lead, and what waits
 * to be pulled. Gone with the process.
 */
public final class SandboxMemory {

    private static final int IDS = 1_000_000;
    private static final int KEPT = 100;
    private static final int WAITING = 10_000;
    private static final int LINKS = 10_000;
    private static final Pattern NOT_ASCII = Pattern.compile("[^\\x00-\\x7f]+");

    /** What the sandbox's maps may call besides. */
    public static final List<Function> FUNCTIONS = List.of(MapFunctions.function("times-seen", key -> IntNode.valueOf(timesSeen(key.asText()))));

    private static final Map<String, Integer> SEEN = new Youngest<>(IDS);

    private final Map<String, Deque<Object>> kept = new ConcurrentHashMap<>();
    private final Map<String, Deque<Object>> waiting = new ConcurrentHashMap<>();
    private final Map<Object, Map<String, Object>> links = new Youngest<>(LINKS);

    /** The map function {@code times-seen(key)}: how often it was called with this key, this call included. */
    private static int timesSeen(String key) {
        synchronized (SEEN) {
            return SEEN.merge(key, 1, Integer::sum);
        }
    }

    /** Adds to a list of the last 100. */
    public void keep(String list, Object item) {
        Deque<Object> items = kept.computeIfAbsent(list, name -> new ArrayDeque<>());
        synchronized (items) {
            items.addFirst(item);
            if (items.size() > KEPT) {
                items.removeLast();
            }
        }
    }

    /** Adds {@code {name, body}} to a list of the last 100; the body may be null, which is JSON, too. */
    public void keep(String list, String name, Object body) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("name", name);
        told.put("body", body);
        keep(list, told);
    }

    /** The list, the newest first. */
    public List<Object> kept(String list) {
        Deque<Object> items = kept.computeIfAbsent(list, name -> new ArrayDeque<>());
        synchronized (items) {
            return List.copyOf(items);
        }
    }

    /** Puts items in the line of those that wait to be taken; of more than 10,000 the oldest are lost. */
    public void store(String line, List<Object> items) {
        Deque<Object> all = waiting.computeIfAbsent(line, name -> new ArrayDeque<>());
        synchronized (all) {
            all.addAll(items);
            while (all.size() > WAITING) {
                all.removeFirst();
            }
        }
    }

    /** Takes the oldest out of a line: {@code {results, pending}}, where pending says how many still wait. */
    public Map<String, Object> take(String line, int limit) {
        Deque<Object> all = waiting.computeIfAbsent(line, name -> new ArrayDeque<>());
        synchronized (all) {
            List<Object> results = new ArrayList<>();
            while (results.size() < limit && !all.isEmpty()) {
                results.add(all.removeFirst());
            }
            return Map.of("results", results, "pending", all.size());
        }
    }

    /** Remembers short links, each under its {@code id}; of more than 10,000 the oldest are forgotten. */
    public void addLinks(List<Map<String, Object>> added) {
        synchronized (links) {
            added.forEach(link -> links.put(link.get("id"), link));
        }
    }

    /** The short link of this id, or null. */
    public Map<String, Object> link(String id) {
        synchronized (links) {
            return links.get(id);
        }
    }

    /** Where a short link leads, as a header can hold it: in ASCII, anything else percent-encoded. */
    public String location(Map<String, Object> link) {
        return NOT_ASCII.matcher((String) link.get("url")).replaceAll(part -> URLEncoder.encode(part.group(), StandardCharsets.UTF_8));
    }

    /** A map that forgets its oldest keys. */
    private static final class Youngest<K, V> extends LinkedHashMap<K, V> {

        private static final long serialVersionUID = 1L;

        private final int most;

        Youngest(int most) {
            this.most = most;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > most;
        }
    }
}
