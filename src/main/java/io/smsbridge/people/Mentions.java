package io.smsbridge.people;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

/**
 * Finds a person's number in a stored body: in international form, as any field's value or inside a text, also with separators between
 * its digits. A longer number that contains it is somebody else's.
 */
final class Mentions {

    private static final ObjectMapper JSON = new ObjectMapper();
    /** A digit or separator can be written so in JSON that others have written. */
    private static final String ESCAPED = "\\u00";

    /**
     * What of a body is the person's, and what is left for others.
     *
     * @param items of the person; a body that is no list is one item
     * @param rest  null where nothing is left
     * @param left  how many items the rest has
     */
    record Parts(List<JsonNode> items, byte[] rest, int left) {
    }

    private final Pattern number;

    /** @param forms of the number, digits alone */
    Mentions(List<String> forms) {
        number = Pattern.compile(forms.stream().map(form -> String.join("[ ().\\-/]{0,3}", form.split("")))
                .collect(Collectors.joining("|", "(?<![0-9])(?:00)?(?:", ")(?![0-9])")));
    }

    boolean in(String text) {
        return text != null && number.matcher(text).find();
    }

    /** Whether what waits is to the person, or from them: not only one that names them. */
    boolean isAbout(JsonNode item) {
        return in(item.path(item.path("type").asText().equals("replied") ? "from" : "to").asText());
    }

    /** @return null where the person is not in it */
    Parts parts(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        if (!in(text) && !text.contains(ESCAPED)) {
            return null;
        }
        JsonNode tree = tree(body);
        if (tree == null) {
            return in(text) ? new Parts(List.of(TextNode.valueOf(text)), null, 0) : null;
        }
        if (!in(tree)) {
            return null;
        }
        JsonNode list = tree.isArray() ? tree : tree.path("results");
        if (!list.isArray()) {
            return new Parts(List.of(tree), null, 0);
        }
        List<JsonNode> items = new ArrayList<>();
        ArrayNode others = JSON.createArrayNode();
        list.forEach(item -> {
            if (in(item)) {
                items.add(item);
            } else {
                others.add(item);
            }
        });
        JsonNode rest = tree.isArray() ? others : ((ObjectNode) tree.deepCopy()).set("results", others);
        boolean nothingLeft = others.isEmpty() || in(rest);
        return new Parts(items.isEmpty() ? List.of(tree) : items, nothingLeft ? null : bytes(rest), nothingLeft ? 0 : others.size());
    }

    boolean in(JsonNode node) {
        if (!node.isContainerNode()) {
            return in(node.asText());
        }
        for (JsonNode child : node) {
            if (in(child)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] bytes(JsonNode tree) {
        try {
            return JSON.writeValueAsBytes(tree);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode tree(byte[] body) {
        try {
            JsonNode tree = JSON.readTree(body);
            return tree.isMissingNode() ? null : tree;
        } catch (IOException e) {
            return null;
        }
    }
}
