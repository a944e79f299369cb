package io.smsbridge.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.vertx.ext.web.RoutingContext;

/** Errors in the form that the API documents: {@code {"status": "error", "error": "..."}}. */
public final class HttpErrors {

    /** Seconds after which a caller who was answered 503 may come again. */
    static final String RETRY_AFTER = "5";

    private HttpErrors() {
    }

    public static String json(String error) {
        return JsonNodeFactory.instance.objectNode().put("status", "error").put("error", error).toString();
    }

    static void answer(RoutingContext call, int status, String error) {
        if (status == 503) {
            call.response().putHeader("Retry-After", RETRY_AFTER);
        }
        call.response().setStatusCode(status).putHeader("Content-Type", "application/json").end(json(error));
    }
}
