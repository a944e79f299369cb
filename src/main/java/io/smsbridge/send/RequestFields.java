package io.smsbridge.send;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.smsbridge.text.CopiedText;
import io.smsbridge.text.Texts;

/**
 * What a request's object gives. Null, blank values and unfilled placeholders count as absent, and what can't be seen is taken off ids
 * and the like.
 *
 * @param given   by the API's names for the fields
 * @param wrong   each field that is given different values, or what no text can hold, with the reason to refuse it
 * @param unknown the names that are no field's
 */
record RequestFields(Map<String, JsonNode> given, Map<String, String> wrong, Set<String> unknown) {

    static final RequestFields NONE = new RequestFields(Map.of(), Map.of(), Set.of());

    /** A placeholder that CleverTap left unfilled in a test send. */
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\$[A-Za-z]+");
    /** Kept as they came: what is said, whose it is, and what is shown again when it is wrong. */
    private static final Set<String> UNTOUCHED = Set.of("text", "messageId", "to");
    /** The others take no control character, and so no NUL. */
    private static final Set<String> TAKES_LINES = Set.of("text", "messageId");

    /** @param names the spellings taken, in lower case, each with its field */
    static RequestFields of(ObjectNode object, Map<String, SendField> names) {
        RequestFields fields = new RequestFields(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashSet<>());
        Map<String, String> spellings = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            String spelling = CopiedText.cleaned(entry.getKey());
            SendField field = names.get(spelling.toLowerCase(Locale.ROOT));
            if (field == null) {
                if (entry.getValue().isArray() || usable(spelling, entry.getValue()) != null) {
                    fields.unknown.add(Texts.isWhole(spelling) ? spelling : CopiedText.shown(spelling));
                }
                continue;
            }
            fields.add(field.name(), spelling, entry.getValue(), spellings);
            List<JsonNode> others = JsonText.others(object, entry.getKey());
            for (JsonNode other : others) {
                fields.add(field.name(), spelling, other, spellings);
            }
        }
        return fields;
    }

    private void add(String name, String spelling, JsonNode value, Map<String, String> spellings) {
        JsonNode usable = usable(name, value);
        if (usable == null) {
            return;
        }
        String first = spellings.putIfAbsent(name, spelling);
        JsonNode before = given.putIfAbsent(name, usable);
        if (usable.isTextual() && !name.equals("to") && !Texts.isWhole(usable.textValue())) {
            wrong.put(name, "holds half a character (a surrogate without its pair)");
        } else if (usable.isTextual() && TAKES_LINES.contains(name) && usable.textValue().indexOf(0) >= 0) {
            wrong.put(name, "holds NUL, which is no character of a text; leave it out");
        } else if (usable.isContainerNode() && JsonText.holdsKeyTwice(usable)) {
            wrong.put(name, "holds a key twice; give one of them");
        } else if (before != null && !isSame(before, usable)) {
            wrong.put(name, "stands there twice with different values" + (first.equals(spelling) ? "" : ", as " + first + " and as " + spelling)
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
        if ((name.equals("text") ? text : cleaned).isEmpty() || cleaned.startsWith("$$") && PLACEHOLDER.matcher(cleaned).matches()) {
            return null;
        }
        return UNTOUCHED.contains(name) || cleaned.equals(text) ? value : TextNode.valueOf(cleaned);
    }

    private static boolean isSame(JsonNode one, JsonNode other) {
        return one.equals(other) || one.isValueNode() && other.isValueNode() && one.asText().equals(other.asText());
    }
}
