package io.smsbridge.maps;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.schibsted.spt.data.jslt.Expression;
import com.schibsted.spt.data.jslt.Function;
import com.schibsted.spt.data.jslt.JsltException;
import com.schibsted.spt.data.jslt.Parser;
import io.smsbridge.text.Failure;

/** The JSLT maps, each read once, at the start. */
public final class Maps {

    private final Map<String, Expression> byName = new HashMap<>();
    private final Set<String> readingRaw = new TreeSet<>();
    private final List<String> problems = new ArrayList<>();
    private final Collection<Function> functions;

    /** @param functions what the maps may call besides JSLT's own */
    public Maps(Collection<Function> functions) {
        this.functions = functions;
    }

    /** @param location names the file in errors */
    public void add(String name, String location, String text) {
        if (text.contains("raw")) {
            readingRaw.add(name);
        }
        try {
            // Keys that are null are left out; JSLT's own default would leave out empty arrays too, which an answer needs.
            byName.put(name, new Parser(new StringReader(text)).withFunctions(functions).withObjectFilter(value -> !value.isNull())
                    .withSource(location).compile());
        } catch (JsltException e) {
            problems.add(location + ": does not parse: " + e.getMessage().replaceAll("\\s+", " "));
        }
    }

    /** One line for each map that can't be used, with the place of the error. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    public Set<String> names() {
        return new TreeSet<>(byName.keySet());
    }

    /** Those that name an event's raw, if only in a comment. */
    public Set<String> readingRaw() {
        return readingRaw;
    }

    /**
     * Applies a map.
     *
     * @param headers what it sees as $headers
     * @throws MapFailed where the map can't make anything of the input
     */
    public JsonNode apply(String name, JsonNode headers, JsonNode input) {
        try {
            JsonNode output = expression(name).apply(Map.of("headers", headers), input);
            return output == null ? NullNode.instance : output;
        } catch (JsltException | ArithmeticException | ClassCastException | IllegalArgumentException | java.time.DateTimeException e) {
            String brief = "the map " + name + ".jslt fails";
            throw new MapFailed(e instanceof JsltException jslt && jslt.getLine() > 0 ? brief + " at line " + jslt.getLine() : brief, brief + ": " + e.getMessage(), e);
        }
    }

    Expression expression(String name) {
        Expression expression = byName.get(name);
        if (expression == null) {
            throw new IllegalArgumentException("there is no map " + name + "; there are " + names());
        }
        return expression;
    }

    /** A map can't make anything of what it was given. */
    public static final class MapFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Failure failure;

        MapFailed(String brief, String message, RuntimeException cause) {
            super(message, cause);
            failure = new Failure(brief, message);
        }

        /** The message can quote a text or a number; what is brief does not. */
        public Failure failure() {
            return failure;
        }
    }
}
