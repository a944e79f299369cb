package io.smsbridge.console;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

import io.micrometer.core.instrument.MeterRegistry;
import io.smsbridge.ledger.OutboxCounts;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;

/** What the first page of the management port shows, from what is in memory, and from the counts that {@link OutboxCounts} keeps for a moment. */
final class Overview {

    private static final List<String> COUNTED = List.of("accepted", "refused", "sent", "rejected", "delivered", "failed", "replied", "clicked", "told");

    private final CamelContext context;
    private final ManagedBeans beans;
    private final OutboxCounts counts;
    private final BooleanSupplier full;
    private final boolean sandbox;
    private final TrafficHistory history;
    private final long startedAt = System.currentTimeMillis();

    /** @param full whether new work is refused, as there is no room on disk */
    Overview(CamelContext context, ManagedBeans beans, OutboxCounts counts, BooleanSupplier full, boolean sandbox) {
        this.context = context;
        this.beans = beans;
        this.counts = counts;
        this.full = full;
        this.sandbox = sandbox;
        MeterRegistry meters = context.getRegistry().findSingleByType(MeterRegistry.class);
        history = new TrafficHistory(() -> Traffic.now(meters, beans.waitingSends(), beans.waitingEvents()));
    }

    TrafficHistory history() {
        return history;
    }

    /** @param after only samples later than that are in its history, epoch milliseconds */
    Map<String, Object> since(long after) {
        Traffic now = history.now();
        Traffic before = history.before(now);
        Map<String, Object> overview = new LinkedHashMap<>();
        overview.put("now", now.at());
        overview.put("startedAt", startedAt);
        String version = Overview.class.getPackage().getImplementationVersion();
        overview.put("version", version == null ? "" : version);
        overview.put("sandbox", sandbox);
        overview.put("full", full.getAsBoolean());
        overview.put("totals", numbers(now::total));
        Map<String, Object> rates = numbers(counted -> now.perSecond(counted, before));
        rates.put("sendingMillis", now.millis("sending", before));
        rates.put("tellingMillis", now.millis("telling", before));
        overview.put("perSecond", rates);
        overview.put("waiting", Map.of("sends", queue(now.waitingSends(), "sends."), "events", queue(now.waitingEvents(), "events.")));
        overview.put("accounts", beans.accounts().entrySet().stream().map(account -> account(account.getKey(), account.getValue())).toList());
        overview.put("downstreams", beans.downstreams().entrySet().stream().map(one -> downstream(one.getKey(), one.getValue())).toList());
        overview.put("deadLetters", counts.queues("dead-letters."));
        overview.put("history", Map.of("everyMillis", TrafficHistory.EVERY, "columns", TrafficHistory.COLUMNS, "samples", history.since(after),
                "live", TrafficHistory.row(now, before)));
        return overview;
    }

    private static Map<String, Object> numbers(Function<String, Number> number) {
        Map<String, Object> numbers = new LinkedHashMap<>();
        COUNTED.forEach(counted -> numbers.put(counted, number.apply(counted)));
        return numbers;
    }

    private Map<String, Object> queue(long waiting, String queues) {
        Map<String, Object> queue = new LinkedHashMap<>();
        queue.put("items", Traffic.known(waiting));
        queue.put("retrying", Traffic.known(counts.retryingOf(queues)));
        queue.put("oldestSeconds", Traffic.known(queues.equals("sends.") ? beans.oldestSend() : beans.oldestEvent()));
        return queue;
    }

    private static Map<String, Object> account(String name, AccountOperations account) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("name", name);
        shown.put("state", account.getState());
        shown.put("why", account.getWhy());
        shown.put("sender", account.getSender());
        shown.put("region", account.getRegion());
        shown.put("sent", account.getSent());
        shown.put("rejected", account.getRejected());
        shown.put("waiting", Traffic.known(account.getWaiting()));
        shown.put("oldestSeconds", Traffic.known(account.getOldestWaitingSeconds()));
        shown.put("lastError", account.getLastError());
        return shown;
    }

    private static Map<String, Object> downstream(String name, DownstreamOperations downstream) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("name", name);
        shown.put("state", downstream.getState());
        shown.put("url", downstream.getUrl());
        shown.put("failingSince", downstream.getFailingSince());
        shown.put("nextProbe", downstream.getNextProbe());
        shown.put("told", downstream.getForwarded());
        shown.put("waiting", Traffic.known(downstream.getWaiting()));
        shown.put("oldestSeconds", Traffic.known(downstream.getOldestWaitingSeconds()));
        shown.put("lastError", downstream.getLastError());
        return shown;
    }

    /** {@code {groups: [{name, routes: [{id, description}]}]}} */
    Map<String, Object> routes() {
        Map<String, Map<String, Route>> groups = new TreeMap<>();
        for (Route route : context.getRoutes()) {
            groups.computeIfAbsent(route.getGroup() == null ? "your own" : route.getGroup(), any -> new TreeMap<>()).put(route.getRouteId(), route);
        }
        List<Map<String, Object>> shown = new ArrayList<>();
        groups.forEach((group, routes) -> shown.add(Map.of("name", group, "routes", routes.entrySet().stream()
                .map(route -> Map.of("id", route.getKey(), "description", String.valueOf(route.getValue().getDescription()))).toList())));
        return Map.of("groups", shown);
    }
}
