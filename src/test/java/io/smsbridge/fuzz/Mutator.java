package io.smsbridge.fuzz;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

/** Makes odd inputs of valid ones, and others from nothing but the names that inputs have. The same random numbers make the same input. */
public final class Mutator {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** What is special to some part of the bridge, or of what it is made of. */
    private static final List<String> TEXTS = List.of("", " ", "0", "-1", "00", "true", "null", "NaN", "-Infinity", "1e400", "1.10716E+18", "9".repeat(30),
            "+", "+44", "447700900123", "+44 7700 900123", "00447700900123", "(0)44", "1".repeat(21), "\u0661\u0662\u0663", "\0", "a\0b", "\ud83d", "\ude00\ud83d",
            "\ud83d\udc4d", "e\u0301".repeat(300), "\u202e447700900123", "\ufeff", "\u2028", "\r\nX-Injected: 1", "../../../etc/passwd", "file:/etc/passwd",
            "http://169.254.169.254/", "{{sandbox.apiKey}}", "{{env:HOME}}", "${exchangeId}", "${bean:type:java.lang.Runtime}", "${header.x}", "$simple{body}",
            "'; DROP TABLE message; --", "' OR '1'='1", ".results[0]", "$$Placeholder", "$$", "<script>", "STOP", "stop.", "START", "HELP",
            "2026-11-24T09:00:00Z", "2026-11-24T09:00:00.000+0000", "2026-02-30T00:00:00Z", "0000-01-01T00:00:00Z", "+999999999-12-31T23:59:59Z", "9999-12-31T23:59:59-18:00",
            "2026-11-24", "1764000000000", "99999999999999", "MONDAY-FRIDAY 09:00-20:00", "MONDAY 23:59-00:00", "HIGH", "TR", "BIREYCEL", "SECONDS",
            "DELIVERED", "UNDELIVERABLE", "REJECTED_DUPLICATE_MESSAGE_ID", "x".repeat(600), "x".repeat(5_000), "\u0939".repeat(600), "\t", "\\", "\"", "%00", "%zz", "a=b&c=d");

    private final SplittableRandom random;
    private final List<String> names;

    /** @param names of fields, as the doors know them */
    public Mutator(SplittableRandom random, List<String> names) {
        this.random = random;
        this.names = names;
    }

    public <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** The tree with one to four changes, at any depth. The given one stays as it is. */
    public JsonNode mutated(JsonNode valid) {
        JsonNode tree = valid.deepCopy();
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            tree = changed(tree);
        }
        return tree;
    }

    private JsonNode changed(JsonNode tree) {
        List<JsonNode> containers = new ArrayList<>();
        collect(tree, containers);
        if (containers.isEmpty() || random.nextInt(60) == 0) {
            return value(2);
        }
        JsonNode chosen = one(containers);
        if (chosen instanceof ObjectNode object) {
            change(object);
        } else {
            change((ArrayNode) chosen);
        }
        return tree;
    }

    private static void collect(JsonNode node, List<JsonNode> containers) {
        if (node.isContainerNode() && containers.size() < 200) {
            containers.add(node);
            node.forEach(child -> collect(child, containers));
        }
    }

    private void change(ObjectNode object) {
        List<String> keys = new ArrayList<>();
        object.fieldNames().forEachRemaining(keys::add);
        if (keys.isEmpty() || random.nextInt(6) == 0) {
            object.set(name(), value(2));
            return;
        }
        String key = one(keys);
        switch (random.nextInt(5)) {
            case 0 -> object.remove(key);
            case 1 -> object.set(name(), object.remove(key));
            case 2 -> object.set(key, object.get(one(keys)));
            default -> object.set(key, value(2));
        }
    }

    private void change(ArrayNode array) {
        if (array.isEmpty() || random.nextInt(4) == 0) {
            array.insert(array.isEmpty() ? 0 : random.nextInt(array.size()), value(2));
            return;
        }
        int at = random.nextInt(array.size());
        switch (random.nextInt(4)) {
            case 0 -> array.remove(at);
            case 1 -> array.add(array.get(at));
            case 2 -> array.set(at, NODES.arrayNode().add(array.get(at)));
            default -> array.set(at, value(2));
        }
    }

    private String name() {
        return random.nextInt(8) == 0 ? one(TEXTS) : one(names);
    }

    /** A value from nothing, so many levels deep at most. */
    public JsonNode value(int depth) {
        return switch (random.nextInt(depth > 0 ? 12 : 9)) {
            case 0 -> NullNode.instance;
            case 1 -> BooleanNode.valueOf(random.nextBoolean());
            case 2 -> LongNode.valueOf(random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(30));
            case 3 -> DoubleNode.valueOf(one(List.of(0.5, -0.0, 1e300, 1e-300, 3.0, Double.POSITIVE_INFINITY, 1.5e9, 1.764e12)));
            case 4 -> random.nextInt(3) > 0 ? LongNode.valueOf(one(List.of(3L, 5L, 1_764_000_000_000L, Long.MAX_VALUE, Long.MIN_VALUE)))
                    : BigIntegerNode.valueOf(BigInteger.TEN.pow(random.nextInt(900)));
            case 9 -> object(depth - 1);
            case 10 -> array(depth - 1);
            case 11 -> random.nextInt(20) == 0 ? deep(random.nextInt(150)) : object(depth - 1);
            default -> TextNode.valueOf(text());
        };
    }

    private String text() {
        return switch (random.nextInt(4)) {
            case 0 -> one(TEXTS) + one(TEXTS);
            case 1 -> {
                StringBuilder text = new StringBuilder();
                for (int i = random.nextInt(12); i > 0; i--) {
                    text.append((char) random.nextInt(random.nextBoolean() ? 128 : 65_536));
                }
                yield text.toString();
            }
            default -> one(TEXTS);
        };
    }

    private ObjectNode object(int depth) {
        ObjectNode object = NODES.objectNode();
        for (int i = random.nextInt(6); i > 0; i--) {
            object.set(name(), value(depth));
        }
        return object;
    }

    private ArrayNode array(int depth) {
        ArrayNode array = NODES.arrayNode();
        for (int i = random.nextInt(5); i > 0; i--) {
            array.add(value(depth));
        }
        return array;
    }

    private JsonNode deep(int levels) {
        JsonNode node = TextNode.valueOf("deep");
        for (int i = 0; i < levels; i++) {
            node = i % 2 == 0 ? NODES.arrayNode().add(node) : NODES.objectNode().set(one(names), node);
        }
        return node;
    }

    /** The bytes with one to five changes: cut, repeated, flipped, or with what no reader expects. */
    public byte[] mutated(byte[] valid) {
        byte[] bytes = valid;
        for (int changes = 1 + random.nextInt(5); changes > 0; changes--) {
            bytes = changed(bytes);
        }
        return bytes;
    }

    private byte[] changed(byte[] bytes) {
        int at = random.nextInt(bytes.length + 1);
        int to = Math.min(bytes.length, at + random.nextInt(20));
        return switch (random.nextInt(9)) {
            case 0 -> joined(bytes, 0, at, new byte[0], bytes.length, bytes.length);
            case 1 -> joined(bytes, 0, at, new byte[0], to, bytes.length);
            case 2 -> joined(bytes, 0, at, java.util.Arrays.copyOfRange(bytes, at, to), at, bytes.length);
            case 3 -> joined(bytes, 0, bytes.length, bytes.length < 20_000 ? bytes : new byte[0], bytes.length, bytes.length);
            case 4 -> joined(bytes, 0, at, new byte[] {(byte) random.nextInt(256)}, to, bytes.length);
            case 5 -> joined(bytes, 0, at, one(TEXTS).getBytes(StandardCharsets.UTF_8), at, bytes.length);
            case 6 -> joined(bytes, 0, at, one(List.of(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, new byte[] {(byte) 0xc0, (byte) 0x80},
                    new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf}, new byte[] {(byte) 0xff, (byte) 0xfe}, new byte[] {0})), at, bytes.length);
            case 7 -> joined(bytes, 0, at, one(List.of("{", "}", "[", "]", ",", ":", "\"", "\\u0000", "\\ud83d", "NaN", "1e999", "-", "//", "null", "[".repeat(300),
                    "9".repeat(2_000), "\"k\":1,\"k\":2")).getBytes(StandardCharsets.UTF_8), at, bytes.length);
            default -> random.nextInt(10) == 0 ? new String(bytes, StandardCharsets.UTF_8).getBytes(one(List.of(StandardCharsets.UTF_16, StandardCharsets.UTF_16LE,
                    StandardCharsets.ISO_8859_1))) : bytes;
        };
    }

    private static byte[] joined(byte[] bytes, int from, int to, byte[] between, int again, int end) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + between.length);
        out.write(bytes, from, to - from);
        out.writeBytes(between);
        out.write(bytes, again, Math.max(0, end - again));
        return out.toByteArray();
    }
}
