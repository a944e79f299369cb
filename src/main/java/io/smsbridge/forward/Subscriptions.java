package io.smsbridge.forward;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.ledger.LedgerTransaction;
import io.smsbridge.ledger.Outbox;
import io.smsbridge.settings.DownstreamSettings;

/** Who is told of which events. What is to be told is written in the transaction of what happened. */
public final class Subscriptions {

    /** What a downstream asks for. Raw: whether its map reads the element as Infobip sent it, half of an event's size. */
    private record Wish(Set<String> types, int itemsPerPost, boolean raw) {
    }

    private final Outbox outbox;
    private final Map<Wish, List<String>> namesByWish;
    private final Set<String> asked;
    private final Consumer<Collection<ObjectNode>> told;

    /**
     * @param rawMaps names of the maps that read an event's raw
     * @param told    is given, after the commit, the events that somebody is told of
     */
    public Subscriptions(Outbox outbox, Collection<DownstreamSettings> downstreams, Set<String> rawMaps, Consumer<Collection<ObjectNode>> told) {
        this.outbox = outbox;
        this.told = told;
        namesByWish = downstreams.stream().collect(Collectors.groupingBy(
                downstream -> new Wish(downstream.events(), downstream.itemsPerPost(), rawMaps.contains(downstream.format())),
                LinkedHashMap::new, Collectors.mapping(DownstreamSettings::name, Collectors.toList())));
        asked = namesByWish.keySet().stream().flatMap(wish -> wish.types().stream()).collect(Collectors.toUnmodifiableSet());
    }

    /** The types of events that some downstream asks for. */
    public Set<String> asked() {
        return asked;
    }

    /** Whether some downstream's map reads the element as Infobip sent it. */
    public boolean readRaw() {
        return namesByWish.keySet().stream().anyMatch(Wish::raw);
    }

    /** The downstreams that ask for them are told of these events. What comes in one transaction is told together, under the id of the first request. */
    public void tell(LedgerTransaction transaction, String requestId, Collection<ObjectNode> events) {
        if (!events.isEmpty() && !asked.isEmpty()) {
            transaction.group(Tellings.class, Tellings::new).add(requestId, events);
        }
    }

    private final class Tellings implements LedgerTransaction.Group {

        private final List<ObjectNode> events = new ArrayList<>();
        private String requestId;

        void add(String request, Collection<ObjectNode> more) {
            requestId = requestId == null ? request : requestId;
            events.addAll(more);
        }

        @Override
        public void flush(LedgerTransaction transaction) throws SQLException {
            List<ObjectNode> all = List.copyOf(events);
            String request = requestId;
            events.clear();
            requestId = null;
            if (!all.isEmpty()) {
                transaction.afterCommit(() -> told.accept(all));
                write(transaction, request, all);
            }
        }

        private void write(LedgerTransaction transaction, String request, List<ObjectNode> all) throws SQLException {
            for (Map.Entry<Wish, List<String>> group : namesByWish.entrySet()) {
                Wish wish = group.getKey();
                List<ObjectNode> wanted = all.stream().filter(event -> wish.types().contains(event.path("type").textValue()))
                        .map(event -> wish.raw() ? event : withoutRaw(event)).toList();
                for (int from = 0; from < wanted.size(); from += wish.itemsPerPost()) {
                    List<ObjectNode> part = wanted.subList(from, Math.min(from + wish.itemsPerPost(), wanted.size()));
                    outbox.put(transaction, "events", group.getValue(),
                            new Outbox.Entry(1, "", 0, 0, request, transaction.now(), 0, null, part));
                }
            }
        }
    }

    private static ObjectNode withoutRaw(ObjectNode event) {
        return event.has("raw") ? event.objectNode().<ObjectNode>setAll(event).without("raw") : event;
    }
}
