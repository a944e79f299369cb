package io.smsbridge.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.maps.JsonItems;

/** What goes out in one call: the items of one or more rows of the outbox. The body of an exchange that the outbox: component begins. */
public final class OutboxBatch implements JsonItems {

    /** Exchange property that keeps the batch when the body has become something else. */
    public static final String PROPERTY = "outboxBatch";

    private final String queue;
    private final String target;
    private final List<OutboxRow> rows;
    private final List<ObjectNode> items;
    private final long startedNanos = System.nanoTime();
    private final AtomicBoolean settled = new AtomicBoolean();

    public OutboxBatch(String queue, String target, List<OutboxRow> rows) {
        this.queue = queue;
        this.target = target;
        this.rows = List.copyOf(rows);
        if (rows.size() == 1) {
            items = rows.get(0).payload().items();
        } else {
            items = new ArrayList<>();
            rows.forEach(row -> items.addAll(row.payload().items()));
        }
    }

    /** sends or events. */
    public String queue() {
        return queue;
    }

    /** The account or the downstream. */
    public String target() {
        return target;
    }

    public List<OutboxRow> rows() {
        return rows;
    }

    /** Sends or events, as JSON objects, in the order in which they came. */
    @Override
    public List<ObjectNode> items() {
        return items;
    }

    public boolean isHigh() {
        return rows.get(0).lane() == OutboxRow.HIGH;
    }

    /** How many calls with it have failed before this one. */
    public int attempts() {
        return rows.stream().mapToInt(OutboxRow::attempts).max().orElse(0);
    }

    /** When the first of them failed, in epoch milliseconds; null when none has. */
    public Long failingSince() {
        return rows.stream().map(OutboxRow::failingSince).filter(Objects::nonNull).min(Long::compare).orElse(null);
    }

    /** Of the first request that brought something of it; null where that is not known. */
    public String requestId() {
        return rows.stream().map(OutboxRow::requestId).filter(Objects::nonNull).findFirst().orElse(null);
    }

    /** When the oldest of it came in, in epoch milliseconds. */
    public long receivedAt() {
        return rows.stream().mapToLong(OutboxRow::receivedAt).min().orElse(0);
    }

    /** How long it has been under way, in milliseconds. */
    public long millis() {
        return (System.nanoTime() - startedNanos) / 1_000_000;
    }

    /** True for the first caller, who decides what becomes of the batch. */
    boolean settle() {
        return settled.compareAndSet(false, true);
    }

    boolean isSettled() {
        return settled.get();
    }
}
