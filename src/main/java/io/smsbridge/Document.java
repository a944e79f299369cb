package io.smsbridge;

import java.io.IOException;
import java.util.LinkedHashMap;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * A JSON object that the routes take apart as {@code ${body[key]}}. For each such step Camel looks its bean up in a cache by the
 * bean's hash code, and a map's own is made of all it holds: a fifth of the time of a batch went into that.
 */
public final class Document extends LinkedHashMap<String, Object> {

    private static final long serialVersionUID = 1L;
    private static final JsonFactory JSON = new ObjectMapper().getFactory();

    /**
     * Reads an object's own values. Those that are objects themselves stay text, as they were written, for a route that only hands
     * them on.
     */
    public static Document shallow(String json) throws IOException {
        Document document = new Document();
        try (JsonParser parser = JSON.createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                if (parser.nextToken() == JsonToken.START_OBJECT) {
                    int begin = (int) parser.currentTokenLocation().getCharOffset();
                    parser.skipChildren();
                    document.put(key, json.substring(begin, (int) parser.currentLocation().getCharOffset()));
                } else {
                    document.put(key, parser.readValueAs(Object.class));
                }
            }
        }
        return document;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }
}
