package io.smsbridge;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import io.netty.handler.codec.http.QueryStringDecoder;

/** Bean {@code queryString}: a query string's fields, apart from the request's headers, among which Camel puts them. */
public final class QueryString {

    /** Name to value, decoded; of a name given twice the first value. Empty for null. */
    public Map<String, String> parse(String query) {
        Map<String, String> fields = new LinkedHashMap<>();
        new QueryStringDecoder(query == null ? "" : query, false).parameters()
                .forEach((name, values) -> fields.put(name, values.get(0)));
        return fields;
    }

    /** A part of a URL's path as it was before it was encoded; as it stands when it is not encoded properly. */
    public String decode(String part) {
        try {
            return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return part;
        }
    }
}
