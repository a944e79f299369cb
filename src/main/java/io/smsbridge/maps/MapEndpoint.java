package io.smsbridge.maps;

import java.io.IOException;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.ledger.OutboxBatch;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultProducer;

/** Applies a JSLT map to the body: a JSON tree, a batch of the outbox, or JSON in UTF-8. The body is a JSON tree afterwards. */
@UriEndpoint(firstVersion = "1.0.0", scheme = "map", title = "Map", syntax = "map:name", producerOnly = true, category = Category.TRANSFORMATION)
public final class MapEndpoint extends DefaultEndpoint {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Maps maps;
    @UriPath(description = "The map: its file's name in routes/maps, without .jslt")
    @Metadata(required = true)
    private final String name;
    @UriParam(description = "Name of the input's array whose elements are mapped one by one where the map fails on all of them. The output has to"
            + " be an object of arrays; an element that can't be mapped comes to the array unreadable, as text")
    private String each;

    MapEndpoint(String uri, MapComponent component, Maps maps, String name) {
        super(uri, component);
        this.maps = maps;
        this.name = name;
    }

    @Override
    public Producer createProducer() {
        return new DefaultProducer(this) {
            @Override
            public void process(Exchange exchange) throws Exception {
                JsonNode input = tree(exchange.getMessage().getBody());
                exchange.getMessage().setBody(map(headers(exchange.getMessage().getHeaders()), input));
            }
        };
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("map: stands behind to:, not from:");
    }

    private JsonNode map(JsonNode headers, JsonNode input) {
        try {
            return maps.apply(name, headers, input);
        } catch (Maps.MapFailed e) {
            if (each == null || !input.path(each).isArray()) {
                throw e;
            }
            return mapEach(headers, input);
        }
    }

    private JsonNode mapEach(JsonNode headers, JsonNode input) {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        for (JsonNode element : input.get(each)) {
            ObjectNode alone = ((ObjectNode) input).deepCopy();
            alone.putArray(each).add(element);
            try {
                maps.apply(name, headers, alone).fields().forEachRemaining(field -> all.withArray(field.getKey()).addAll((ArrayNode) field.getValue()));
            } catch (Maps.MapFailed e) {
                all.withArray("unreadable").add(element.toString());
            }
        }
        return all;
    }

    private static JsonNode tree(Object body) throws IOException {
        if (body instanceof JsonNode tree) {
            return tree;
        }
        if (body instanceof OutboxBatch batch) {
            return JsonNodeFactory.instance.arrayNode().addAll(batch.items());
        }
        if (body instanceof byte[] bytes) {
            return JSON.readTree(bytes);
        }
        if (body instanceof String text) {
            return JSON.readTree(text);
        }
        throw new IllegalArgumentException("a map takes a JSON tree, a batch, bytes or text, and not a " + (body == null ? "null" : body.getClass().getName()));
    }

    /** Texts, numbers and flags; anything else is of no use to a map. */
    private static ObjectNode headers(Map<String, Object> headers) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        headers.forEach((key, value) -> {
            if (value instanceof String text) {
                tree.put(key, text);
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
}
