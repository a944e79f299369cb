package io.smsbridge.send;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** JSON as strangers write it: nothing may follow the value, and of a key that stands twice in an object no value is lost. */
final class JsonText {

    /** Far beyond what a request for sends needs, and little enough to cost nobody anything. The body's size is limited before it is read. */
    private static final StreamReadConstraints LIMITS = StreamReadConstraints.builder().maxNestingDepth(32).maxNumberLength(100)
            .maxNameLength(1_000).maxStringLength(100_000).maxTokenCount(2_000_000).build();

    private JsonText() {
    }

    static ObjectMapper mapper() {
        ObjectMapper mapper = new ObjectMapper(JsonFactory.builder().streamReadConstraints(LIMITS).build()).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        mapper.setNodeFactory(new JsonNodeFactory() {
            private static final long serialVersionUID = 1L;

            @Override
            public ObjectNode objectNode() {
                return new WholeObject(this);
            }
        });
        return mapper;
    }

    /** The values that stood in the object before the one that Jackson kept of a key. */
    static List<JsonNode> others(ObjectNode object, String key) {
        return object instanceof WholeObject whole && whole.others != null ? whole.others.getOrDefault(key, List.of()) : List.of();
    }

    /** What a caller is told whose JSON goes beyond {@link #mapper}'s limits. */
    static String limits() {
        return "JSON may be " + LIMITS.getMaxNestingDepth() + " levels deep, a key " + LIMITS.getMaxNameLength() + " characters long, a number "
                + LIMITS.getMaxNumberLength() + " digits, a text " + LIMITS.getMaxStringLength() + " characters, and all of it "
                + LIMITS.getMaxTokenCount() + " keys and values";
    }

    /** Whether some object in the value holds a key twice. */
    static boolean holdsKeyTwice(JsonNode value) {
        if (value instanceof WholeObject whole && whole.others != null) {
            return true;
        }
        for (JsonNode child : value) {
            if (child.isContainerNode() && holdsKeyTwice(child)) {
                return true;
            }
        }
        return false;
    }

    // Jackson's own deepCopy() is declared so.
    @SuppressWarnings("unchecked")
    private static final class WholeObject extends ObjectNode {

        private static final long serialVersionUID = 1L;
        /** Null for almost all. */
        private transient Map<String, List<JsonNode>> others;

        WholeObject(JsonNodeFactory factory) {
            super(factory);
        }

        /** Jackson's reader puts each value here. */
        @Override
        public JsonNode replace(String key, JsonNode value) {
            JsonNode before = super.replace(key, value);
            if (before != null) {
                others = others == null ? new HashMap<>() : others;
                others.computeIfAbsent(key, none -> new ArrayList<>()).add(before);
            }
            return before;
        }
    }
}
