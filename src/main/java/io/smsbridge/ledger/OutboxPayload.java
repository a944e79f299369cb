package io.smsbridge.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.List;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What rows of the outbox hold, once for all targets that wait for the same: the JSON array that is stored, and its items as trees. Trees
 * take ten times as much memory, so what waits longer is kept as JSON alone, and read by whoever sends it.
 */
final class OutboxPayload {

    /** What could be read when it came can be read again: it stands some levels deeper here, and may have grown. */
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder().streamReadConstraints(StreamReadConstraints.builder()
            .maxNestingDepth(5_000).maxStringLength(Integer.MAX_VALUE).maxNameLength(Integer.MAX_VALUE).maxNumberLength(Integer.MAX_VALUE).build())
            .streamWriteConstraints(StreamWriteConstraints.builder().maxNestingDepth(5_000).build()).build());

    private final int count;
    private final byte[] json;
    private final List<ObjectNode> kept;
    /** While one target works with the items, others need not read them again. */
    private volatile Reference<List<ObjectNode>> read = new WeakReference<>(null);

    private OutboxPayload(int count, byte[] json, List<ObjectNode> kept) {
        this.count = count;
        this.json = json;
        this.kept = kept;
    }

    static OutboxPayload written(List<ObjectNode> items) {
        return new OutboxPayload(items.size(), write(items), items);
    }

    static OutboxPayload stored(int count, byte[] json) {
        return new OutboxPayload(count, json, null);
    }

    /** The same without its trees. */
    OutboxPayload jsonAlone() {
        return kept == null ? this : stored(count, json);
    }

    boolean hasTrees() {
        return kept != null;
    }

    /** How many items it has. */
    int count() {
        return count;
    }

    byte[] json() {
        return json;
    }

    /** They may be shared: nobody changes them. */
    List<ObjectNode> items() {
        List<ObjectNode> items = kept != null ? kept : read.get();
        if (items == null) {
            items = read(json);
            read = new WeakReference<>(items);
        }
        return items;
    }

    static byte[] write(List<ObjectNode> items) {
        try {
            return JSON.writeValueAsBytes(items);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<ObjectNode> read(byte[] json) {
        try {
            return List.of(JSON.readValue(json, ObjectNode[].class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
