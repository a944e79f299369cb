package io.smsbridge;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

/** What a request's object gives, by the bridge's names for the fields. */
final class RequestFields {

    /** A placeholder that CleverTap left unfilled in a test send. */
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\$[A-Za-z]+");
    /** Kept as they came: what is said, whose it is, and what is shown again when it is wrong. */
    private static final Set<String> UNTOUCHED = Set.of("text", "meta", "to");

    private RequestFields() {
    }

    /**
     * Null, blank values and unfilled placeholders count as absent, and what can't be seen is taken off ids and the like.
     *
     * @param names the spellings taken, in lower case, each with its field
     * @return {@code given}: each field with its value; {@code twice}: each field that is given different values, with the reason to
     *         refuse it; {@code unknown}: the other names, where there are any
     */
    static ObjectNode of(ObjectNode object, ObjectNode names) {
        ObjectNode given = JsonNodeFactory.instance.objectNode();
        ObjectNode twice = JsonNodeFactory.instance.objectNode();
        ArrayNode unknown = JsonNodeFactory.instance.arrayNode();
        Map<String, String> spellings = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            String spelling = CopiedText.cleaned(entry.getKey());
            JsonNode name = names.get(spelling.toLowerCase(Locale.ROOT));
            if (name != null) {
                add(name.textValue(), spelling, entry.getValue(), given, twice, spellings);
                for (JsonNode other : JsonText.others(object, entry.getKey())) {
                    add(name.textValue(), spelling, other, given, twice, spellings);
                }
            } else if (entry.getValue().isArray() || usable(spelling, entry.getValue()) != null) {
                unknown.add(spelling);
            }
        }
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.set("given", given);
        if (!twice.isEmpty()) {
            answer.set("twice", twice);
        }
        if (!unknown.isEmpty()) {
            answer.set("unknown", unknown);
        }
        return answer;
    }

    private static void add(String name, String spelling, JsonNode value, ObjectNode given, ObjectNode twice, Map<String, String> spellings) {
        JsonNode usable = usable(name, value);
        if (usable == null) {
            return;
        }
        String first = spellings.putIfAbsent(name, spelling);
        JsonNode before = given.get(name);
        if (before == null) {
            given.set(name, usable);
        } else if (!isSame(before, usable)) {
            twice.put(name, "stands there twice with different values" + (first.equals(spelling) ? "" : ", as " + first + " and as " + spelling)
                    + "; give one of them");
        }
    }

    /** The value as it counts; null when it counts as absent. */
    private static JsonNode usable(String name, JsonNode value) {
        if (!value.isTextual()) {
            // An array of objects is the recipients, whatever it is called.
            return value.isNull() || value.isArray() && value.path(0).isObject() ? null : value;
        }
        String text = value.textValue();
        String cleaned = CopiedText.cleaned(text);
        if ((name.equals("text") ? text : cleaned).isEmpty() || PLACEHOLDER.matcher(cleaned).matches()) {
            return null;
        }
        return UNTOUCHED.contains(name) || cleaned.equals(text) ? value : TextNode.valueOf(cleaned);
    }

    private static boolean isSame(JsonNode one, JsonNode other) {
        return one.equals(other) || one.isValueNode() && other.isValueNode() && one.asText().equals(other.asText());
    }
}
