package io.smsbridge.http;

import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.netty.handler.codec.http.QueryStringDecoder;

/** The fields of a query string or form. */
public final class QueryString {

    private static final int MOST_FIELDS = 1024;

    private QueryString() {
    }

    /** Name to value, decoded; of a name given twice the first value. Empty for null. */
    public static Map<String, String> parse(String query) {
        Map<String, String> first = new LinkedHashMap<>();
        fields(query == null ? "" : query, StandardCharsets.UTF_8).forEach((name, values) -> first.put(name, values.get(0)));
        return first;
    }

    /**
     * The fields of a query string or form. A semicolon is a character like any other.
     *
     * @param encoded each of its bytes as one character; bytes of the charset itself are read, too, as curl sends them
     * @throws IllegalArgumentException where it can't be read, in words for its sender
     */
    public static Map<String, List<String>> fields(String encoded, Charset charset) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        int count = 0;
        for (var field : new QueryStringDecoder(encoded, StandardCharsets.ISO_8859_1, false, MOST_FIELDS + 1, true).parameters().entrySet()) {
            List<String> values = fields.computeIfAbsent(text("a field's name", field.getKey(), charset), name -> new ArrayList<>());
            field.getValue().forEach(value -> values.add(text(field.getKey(), value, charset)));
            count += field.getValue().size();
        }
        if (count > MOST_FIELDS) {
            throw new IllegalArgumentException("it has more than " + MOST_FIELDS + " fields");
        }
        return fields;
    }

    private static String text(String name, String bytes, Charset charset) {
        try {
            return charset.newDecoder().decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1))).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(name + " is not in " + charset.name() + "; send UTF-8, or, of a form, name the charset in its Content-Type");
        }
    }

    /** A part of a URL's path as it was before it was encoded; as it stands when it is not encoded properly. */
    public static String decode(String part) {
        try {
            return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return part;
        }
    }
}
