package io.smsbridge.send;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.smsbridge.http.HttpCall;
import io.smsbridge.http.QueryString;
import io.smsbridge.http.RefusedCall;

/** Reads a send request's body: JSON, a form, or with GET the query. */
final class SendBodies {

    private static final ObjectMapper JSON = JsonText.mapper();

    private SendBodies() {
    }

    /** @throws RefusedCall 400, with line and column where it is no JSON */
    static JsonNode read(HttpCall call) {
        if (call.method().equals("GET")) {
            return object(QueryString.fields(call.query() == null ? "" : call.query(), StandardCharsets.UTF_8));
        }
        if (!call.form().isEmpty()) {
            ObjectNode form = object(call.form());
            form.fieldNames().forEachRemaining(name -> {
                // JSON sent as a form, as curl -d does, arrives cut up at its & and =.
                if (name.strip().startsWith("{") || name.strip().startsWith("[")) {
                    throw new RefusedCall(400, "the body is JSON, but its Content-Type says that it is a form; send Content-Type: application/json");
                }
            });
            return form;
        }
        try {
            JsonNode tree = JSON.readTree(call.body());
            return tree == null || tree.isMissingNode() ? NullNode.instance : tree;
        } catch (StreamConstraintsException e) {
            throw new RefusedCall(400, "the body goes beyond a limit: " + JsonText.limits());
        } catch (JsonProcessingException e) {
            throw new RefusedCall(400, "the body is not JSON: line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr() + ": "
                    + (e instanceof MismatchedInputException ? "more stands behind its end; leave that out" : e.getOriginalMessage()));
        } catch (IOException e) {
            throw new RefusedCall(400, "the body is not JSON: " + e.getMessage());
        }
    }

    /** A name given twice keeps all its values, as in JSON. */
    private static ObjectNode object(Map<String, List<String>> fields) {
        ObjectNode object = JSON.createObjectNode();
        fields.forEach((name, values) -> values.forEach(value -> object.replace(name, TextNode.valueOf(value))));
        return object;
    }
}
