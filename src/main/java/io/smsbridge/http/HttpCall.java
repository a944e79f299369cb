package io.smsbridge.http;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpConnection;

/**
 * A request as it came in: the body of an exchange that {@link HttpCallEngine} begins.
 *
 * @param method such as POST
 * @param path   without the query
 * @param query  as written; null where there is none
 * @param form   the fields of a form, in their order; empty where the body is none
 * @param body   empty where there is none
 * @param client the IP address it comes from
 * @param connection that it came by: the client's own, or a proxy's
 */
public record HttpCall(String method, String path, String query, MultiMap headers, Map<String, List<String>> form, byte[] body, String client,
        HttpConnection connection) {

    /** The first header of this name, whatever its case; null where there is none. */
    public String header(String name) {
        return headers.get(name);
    }

    /** The path's parts, without empty ones. */
    public String[] parts() {
        return Collections.list(new StringTokenizer(path, "/")).toArray(String[]::new);
    }

    /** Not the body: it holds texts and numbers. */
    @Override
    public String toString() {
        return method + " " + path + ", " + body.length + " bytes";
    }
}
