package io.smsbridge.send;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.smsbridge.http.HttpCall;
import io.smsbridge.http.RefusedCall;

/** Reads a send request's body: JSON, a form, or with GET the query. */
final class SendBodies {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final String FORM = "application/x-www-form-urlencoded";
    /** Fields of a form; more are an attack. */
    private static final int MOST_FIELDS = 1_000;

    private SendBodies() {
    }

    /** @throws RefusedCall 400 with line and column where it is no JSON, 415 for a charset that there is not */
    static JsonNode read(HttpCall call) {
        if (call.method().equals("GET")) {
            return fields(call.query() == null ? "" : call.query(), StandardCharsets.UTF_8);
        }
        String type = call.header("Content-Type") == null ? "" : call.header("Content-Type");
        if (type.strip().regionMatches(true, 0, FORM, 0, FORM.length())) {
            Charset charset = charset(type);
            ObjectNode form = fields(new String(call.body(), StandardCharsets.ISO_8859_1), charset);
            form.fieldNames().forEachRemaining(name -> {
                // JSON sent as a form, as curl -d does, arrives cut up at its & and =.
                if (name.strip().startsWith("{") || name.strip().startsWith("[")) {
                    throw new RefusedCall(400, "the body is JSON, but its Content-Type says that it is a form; send Content-Type: application/json");
                }
            });
            return form;
        }
        try {
            JsonNode tree = type.toLowerCase(java.util.Locale.ROOT).contains("charset") && !charset(type).equals(StandardCharsets.UTF_8)
                    ? JSON.readTree(new String(call.body(), charset(type))) : JSON.readTree(call.body());
            return tree == null || tree.isMissingNode() ? NullNode.instance : tree;
        } catch (JsonProcessingException e) {
            throw new RefusedCall(400, "the body is not JSON: line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr() + ": "
                    + e.getOriginalMessage());
        } catch (IOException e) {
            throw new RefusedCall(400, "the body is not JSON: " + e.getMessage());
        }
    }

    private static Charset charset(String contentType) {
        for (String part : contentType.split(";")) {
            String[] pair = part.split("=", 2);
            if (pair.length == 2 && pair[0].strip().equalsIgnoreCase("charset")) {
                try {
                    return Charset.forName(pair[1].strip().replace("\"", ""));
                } catch (IllegalArgumentException e) {
                    throw new RefusedCall(415, "Content-Type: no such charset as " + pair[1].strip() + "; send UTF-8");
                }
            }
        }
        return StandardCharsets.UTF_8;
    }

    private static ObjectNode fields(String text, Charset charset) {
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        Map<String, List<String>> decoded;
        try {
            decoded = new QueryStringDecoder(text, charset, false, MOST_FIELDS).parameters();
        } catch (IllegalArgumentException e) {
            throw new RefusedCall(400, "the form or query is not encoded properly: " + e.getMessage());
        }
        decoded.forEach((name, values) -> {
            if (values.stream().distinct().count() > 1) {
                throw new RefusedCall(400, name + ": stands there twice, with different values");
            }
            fields.put(name, values.get(0));
        });
        return fields;
    }
}
