package io.smsbridge.security;

import java.io.IOException;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.http.ClientAddress;
import io.smsbridge.http.DoorRefusals;
import io.smsbridge.http.HttpCall;
import io.smsbridge.http.RefusedCall;
import io.smsbridge.http.SlowDown;
import org.apache.camel.Exchange;

/** Bean {@code tokens}: the token endpoint of OAuth 2.0, for client credentials (RFC 6749, section 4.4). */
public final class TokenDoor {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DOOR = "tokens";

    private final CallerCheck check;
    private final OwnTokens tokens;
    private final long lifetime;
    private final SlowDown slow;
    private final DoorRefusals refusals;

    /** @param lifetime seconds for which a token is valid */
    TokenDoor(CallerCheck check, OwnTokens tokens, long lifetime, SlowDown slow, DoorRefusals refusals) {
        this.check = check;
        this.tokens = tokens;
        this.lifetime = lifetime;
        this.slow = slow;
        this.refusals = refusals;
        refusals.expect(DOOR, "missing", "wrong", "slowed", "network");
    }

    /** Body before: the call; after: {access_token, token_type, expires_in}, or {error, error_description} with 400 or 401. Errors: 403, 429, 503. */
    public void issue(Exchange exchange, HttpCall call) {
        JsonNode request = request(call);
        Credentials basic = Credentials.ofAuthorization(call);
        Credentials client = basic != null && basic.user() != null ? basic
                : new Credentials(request.path("client_id").asText(), request.path("client_secret").asText());
        exchange.getMessage().removeHeaders("*");
        if (!request.path("grant_type").asText("client_credentials").equals("client_credentials")) {
            error(exchange, 400, "unsupported_grant_type", "give grant_type=client_credentials");
        } else if (client.secret().isEmpty()) {
            refusals.count(DOOR, "missing");
            error(exchange, 401, "invalid_client", "give the caller's name and key as client_id and client_secret, in a form or by Basic");
        } else {
            answer(exchange, client, ClientAddress.of(call));
        }
    }

    private void answer(Exchange exchange, Credentials client, String source) {
        CallerCheck.Passed passed = check.key(client);
        if (passed != null && !passed.caller().name().equals(client.user())) {
            passed = null;
        }
        CallerDoor.admit(passed, source, slow, refusals, DOOR);
        if (passed == null) {
            error(exchange, 401, "invalid_client", "client_id has to be a caller's name, and client_secret its key");
            return;
        }
        String token = tokens.issue(passed.credential(), lifetime);
        if (token == null) {
            throw new RefusedCall(503, "the ledger's database can't be read, and the key that signs tokens is there; ask again later");
        }
        answer(exchange, 200, JsonNodeFactory.instance.objectNode().put("access_token", token).put("token_type", "Bearer").put("expires_in", lifetime));
    }

    /** The fields of a form, or of a JSON object, which some clients send; none where the body is neither. */
    private static JsonNode request(HttpCall call) {
        if (!call.form().isEmpty()) {
            ObjectNode form = JsonNodeFactory.instance.objectNode();
            for (Map.Entry<String, List<String>> field : call.form().entrySet()) {
                form.put(field.getKey(), field.getValue().get(0));
            }
            return form;
        }
        try {
            JsonNode tree = JSON.readTree(call.body());
            return tree == null ? JsonNodeFactory.instance.objectNode() : tree;
        } catch (IOException e) {
            return JsonNodeFactory.instance.objectNode();
        }
    }

    private static void error(Exchange exchange, int status, String error, String description) {
        if (status == 401) {
            exchange.getMessage().setHeader("WWW-Authenticate", "Basic realm=\"infobip-sms-bridge\"");
        }
        answer(exchange, status, JsonNodeFactory.instance.objectNode().put("status", "error").put("error", error).put("error_description", description));
    }

    private static void answer(Exchange exchange, int status, ObjectNode body) {
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
        exchange.getMessage().setHeader("Cache-Control", "no-store");
        exchange.getMessage().setBody(body.toString());
    }
}
