package io.smsbridge.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The payload of rows of the outbox: a JSON array. */
final class OutboxItems {

    private static final ObjectMapper JSON = new ObjectMapper();

    private OutboxItems() {
    }

    static byte[] write(List<ObjectNode> items) {
        try {
            return JSON.writeValueAsBytes(items);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<ObjectNode> read(byte[] body) {
        try {
            return List.of(JSON.readValue(body, ObjectNode[].class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
