package io.smsbridge;

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
}
