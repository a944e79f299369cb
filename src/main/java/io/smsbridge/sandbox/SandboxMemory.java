package io.smsbridge.sandbox;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the sandbox remembers: which message ids it has seen, and the last of what was shown. Gone with the process. */
public final class SandboxMemory {

    private static final int IDS = 1_000_000;
    private static final int KEPT = 100;

    private static final Map<String, Integer> SEEN = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > IDS;
        }
    };

    private final Map<String, Deque<Object>> kept = new ConcurrentHashMap<>();

    /** The map function {@code times-seen(key)}: how often it was called with this key, this call included. */
    public static int timesSeen(String key) {
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

    /** Adds {@code {name, body}} to a list of the last 100. */
    public void keep(String list, String name, Object body) {
        keep(list, Map.of("name", name, "body", body));
    }

    /** The list, the newest first. */
    public List<Object> kept(String list) {
        Deque<Object> items = kept.computeIfAbsent(list, name -> new ArrayDeque<>());
        synchronized (items) {
            return List.copyOf(items);
        }
    }
}
