package io.smsbridge.send;

import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.http.HttpCall;
import io.smsbridge.http.RefusedCall;
import io.smsbridge.settings.AccountSettings;

/** The steps of a send request up to the ledger, without the door: for those who try so many that HTTP would take too long. */
public final class SendInputs {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final SendRequests requests;
    private final AccountSettings account;

    public SendInputs(JsonNode spellings, int mostRecipients, AccountSettings account) {
        requests = new SendRequests(spellings, mostRecipients);
        this.account = account;
    }

    /**
     * What the outbox would keep of the recipients that are accepted; none for a request that is refused as a whole.
     *
     * @throws RuntimeException where a caller would be answered 500
     */
    public List<ObjectNode> accepted(HttpCall call) throws Exception {
        try {
            SendRequest request = requests.check(account, "fuzz", System.currentTimeMillis(), SendBodies.read(call));
            JSON.writeValueAsBytes(request.answer());
            return request.sends().stream().map(Send::fields).toList();
        } catch (RefusedCall e) {
            if (e.status() >= 500) {
                throw e;
            }
            return List.of();
        }
    }
}
