package io.smsbridge.maps;

import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.camel.Category;
import org.apache.camel.Component;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultProducer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Applies a JSLT map to the body: a JSON tree, a batch of the outbox, or JSON in UTF-8. The body is a JSON tree afterwards. */
@UriEndpoint(firstVersion = "1.0.0", scheme = "map", title = "Map", syntax = "map:name", producerOnly = true, category = Category.TRANSFORMATION)
public final class MapEndpoint extends DefaultEndpoint {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.maps");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Maps maps;
    @UriPath(description = "The map: its file's name in routes/maps, without .jslt")
    @Metadata(required = true)
    private final String name;
    @UriParam(description = "Name of the input's array whose elements are mapped one by one where the map fails on all of them. The output has to"
            + " be an object of arrays; an element that can't be mapped comes to the array unreadable, as {element: its text, reason}")
    private String each;
    @UriParam(description = "With each: refuses an output by an IllegalArgumentException, as if the map had failed")
    private Consumer<JsonNode> check;

    MapEndpoint(String uri, Component component, Maps maps, String name) {
        super(uri, component);
        this.maps = maps;
        this.name = name;
    }

    @Override
    public Producer createProducer() {
        return new DefaultProducer(this) {
            @Override
            public void process(Exchange exchange) throws Exception {
                JsonNode input = tree(exchange.getMessage());
                exchange.getMessage().setBody(map(headers(exchange.getMessage().getHeaders()), input));
            }
        };
    }

    @Override
    public org.apache.camel.Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("map: stands behind to:, not from:");
    }

    private JsonNode map(JsonNode headers, JsonNode input) {
        if (each == null) {
            return maps.apply(name, headers, input);
        }
        try {
            return checked(headers, input);
        } catch (Maps.MapFailed e) {
            LOG.warn("{} can't map all elements together, and maps each alone: {}", getEndpointUri(), e.failure().brief());
            return mapEach(headers, input);
        }
    }

    private JsonNode checked(JsonNode headers, JsonNode input) {
        JsonNode output = maps.apply(name, headers, input);
        try {
            if (check != null) {
                check.accept(output);
            }
            return output;
        } catch (IllegalArgumentException e) {
            throw new Maps.MapFailed("the map " + name + ".jslt makes what can't be taken", e.getMessage(), e);
        }
    }

    /** One element that can't be mapped spoils none of the others. */
    private JsonNode mapEach(JsonNode headers, JsonNode input) {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        for (JsonNode element : elements(input)) {
            try {
                checked(headers, alone(input, element)).properties().forEach(field -> all.withArray(field.getKey()).addAll((ArrayNode) field.getValue()));
            } catch (Maps.MapFailed e) {
                all.withArray("unreadable").addObject().put("element", element.toString()).put("reason", e.getMessage());
            }
        }
        return all;
    }

    /** Those of the array of that name, of an array that stands for it, or the one that stands alone. */
    private JsonNode elements(JsonNode input) {
        return input.isArray() ? input : input.path(each).isArray() ? input.get(each) : JsonNodeFactory.instance.arrayNode().add(input);
    }

    private JsonNode alone(JsonNode input, JsonNode element) {
        ArrayNode one = JsonNodeFactory.instance.arrayNode().add(element);
        return input.isArray() ? one : input.path(each).isArray() ? JsonNodeFactory.instance.objectNode().set(each, one) : element;
    }

    private static JsonNode tree(Message message) throws IOException {
        Object body = message.getBody();
        if (body instanceof JsonNode tree) {
            return tree;
        }
        if (body instanceof JsonItems batch) {
            return JsonNodeFactory.instance.arrayNode().addAll(batch.items());
        }
        if (body instanceof byte[] read) {
            return JSON.readTree(read);
        }
        if (body instanceof String text) {
            return JSON.readTree(text);
        }
        // What a team's own route begins with, such as the stream of a request.
        byte[] bytes = message.getBody(byte[].class);
        if (bytes != null) {
            return JSON.readTree(bytes);
        }
        throw new IllegalArgumentException("a map takes a JSON tree, a batch, bytes or text, and not a " + (body == null ? "null" : body.getClass().getName()));
    }

    /** Texts, numbers and flags; anything else is of no use to a map, and an empty text is a setting that is not given. */
    private static ObjectNode headers(Map<String, Object> headers) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        headers.forEach((key, value) -> {
            if (value instanceof String text) {
                if (!text.isEmpty()) {
                    tree.put(key, text);
                }
            } else if (value instanceof Boolean flag) {
                tree.put(key, flag);
            } else if (value instanceof Number number) {
                tree.put(key, number.longValue());
            } else if (value instanceof JsonNode node) {
                tree.set(key, node);
            }
        });
        return tree;
    }

    public String getName() {
        return name;
    }

    public String getEach() {
        return each;
    }

    public void setEach(String each) {
        this.each = each;
    }

    public Consumer<JsonNode> getCheck() {
        return check;
    }

    public void setCheck(Consumer<JsonNode> check) {
        this.check = check;
    }
}
