package io.smsbridge.send;

import java.io.IOException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.smsbridge.http.HttpCall;
import io.smsbridge.http.RefusedCall;
import io.smsbridge.ledger.RequestId;
import io.smsbridge.security.Caller;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;

/** Bean {@code sendDoor}: the steps of a send request besides storing it. */
public final class SendDoor {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final SendAccounts accounts;
    private final SendRequests requests;
    private final String defaultAccount;

    SendDoor(SendAccounts accounts, SendRequests requests, String defaultAccount) {
        this.accounts = accounts;
        this.requests = requests;
        this.defaultAccount = defaultAccount;
    }

    /**
     * Sets the variables account, from the path /sms/send[/ACCOUNT], requestId and receivedAt. Errors: 404 for an account that there is not, 403
     * for one that is not the caller's.
     */
    public void chooseAccount(Exchange exchange, HttpCall call, @Variable("caller") Caller caller) {
        String[] parts = call.parts();
        String account = parts.length > 2 ? parts[2] : caller.accountOr(defaultAccount);
        if (!parts[1].equals("send")) {
            throw new RefusedCall(404, "nothing is served at this path; GET /openapi says what is");
        }
        if (parts.length > 3 || accounts.settings(account) == null) {
            throw new RefusedCall(404, "unknown account; there are " + accounts.names().stream().filter(caller::mayUse).toList());
        }
        if (!caller.mayUse(account)) {
            throw new RefusedCall(403, "caller " + caller.name() + " may not use this account; it may use "
                    + accounts.names().stream().filter(caller::mayUse).toList());
        }
        exchange.setVariable("account", account);
        RequestId.begin(exchange);
        exchange.setVariable("receivedAt", System.currentTimeMillis());
    }

    /** Body before: the call; after: its JSON, form or query as a tree. Errors: 400 with line and column, 415. */
    public JsonNode read(HttpCall call) {
        return SendBodies.read(call);
    }

    /** Body before: the tree; after: the checked request. Errors: 400, 413, for the request as a whole. */
    public Object check(JsonNode request, @Variable("account") String account, @Variable("requestId") String requestId,
            @Variable("receivedAt") long receivedAt, @Variable("caller") Caller caller) {
        SendRequest checked = requests.check(accounts.settings(account), requestId, receivedAt, request);
        checked.calledBy(caller.known(), caller.recipientsPerDay());
        return checked;
    }

    /** Body: the checked request. Error: 429 beyond the recipients that its caller may send to in a second. */
    public void checkRate(Exchange exchange, @Variable("caller") Caller caller) {
        caller.takeRecipients(exchange.getMessage().getBody(SendRequest.class).sends().size());
    }

    /** Body before: the stored request; after: the answer, as UTF-8. */
    public void answer(Exchange exchange, @Variable("caller") Caller caller) throws IOException {
        SendRequest request = exchange.getMessage().getBody(SendRequest.class);
        caller.accepted(request.accepted());
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, request.statusCode());
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
        exchange.getMessage().setBody(JSON.writeValueAsBytes(request.answer()));
    }
}
