package io.smsbridge.send;

import java.sql.SQLException;

import com.fasterxml.jackson.databind.JsonNode;
import io.smsbridge.forward.Subscriptions;
import io.smsbridge.ledger.Consents;
import io.smsbridge.ledger.LedgerDatabase;
import io.smsbridge.ledger.LedgerTransaction;
import io.smsbridge.maps.FailureCodes;
import org.apache.camel.spi.Registry;

/** The stage that takes sends in and passes them on to Infobip: its beans, by the names that routes call them. */
public final class SendModule {

    /**
     * What the stage is told by the settings.
     *
     * @param spellings     routes/maps/send-fields.json
     * @param mostInRequest most recipients in one request
     */
    public record Options(String defaultAccount, JsonNode spellings, int mostInRequest, boolean enforceOptOuts) {
    }

    private final LedgerDatabase ledger;
    private final SendStore store;
    private final SendRequests requests;
    private final SendAccounts accounts;

    public SendModule(Registry registry, LedgerDatabase ledger, Consents consents, SendAccounts accounts, Subscriptions subscriptions, FailureCodes codes,
            SendMeters meters, Options options) {
        this.ledger = ledger;
        this.accounts = accounts;
        requests = new SendRequests(options.spellings(), options.mostInRequest());
        store = new SendStore(ledger.writer(), ledger.outbox(), accounts, subscriptions, meters, options.enforceOptOuts() ? consents : null);
        SendOutcomes outcomes = new SendOutcomes(accounts, ledger.outbox(), subscriptions, codes, meters);
        registry.bind("sendDoor", new SendDoor(accounts, requests, options.defaultAccount()));
        registry.bind("storeSends", store);
        registry.bind("messageHistory", new MessageHistory(ledger));
        registry.bind("sendRules", new SendRules(ledger.outbox(), options.enforceOptOuts() ? consents : null, accounts, outcomes, meters));
        registry.bind("sendOutcomes", outcomes);
        accounts.names().forEach(account -> registry.bind("rate-of-" + account, accounts.gate(account)));
    }

    /** Accepts a request of the bridge's own, as POST /sms/send does, and waits until it is stored; the answer that a caller would get. */
    public JsonNode send(String account, JsonNode request) throws Exception {
        SendRequest checked = requests.check(accounts.settings(account), null, System.currentTimeMillis(), request);
        if (!checked.sends().isEmpty()) {
            ledger.writer().call(transaction -> {
                store.accept(transaction, checked);
                return null;
            });
        }
        return checked.answer();
    }

    /**
     * Sends what the bridge itself answers somebody, in the transaction of what it answers. Whoever has no number can't be answered.
     *
     * @param request {to, text, sender}
     */
    public void answer(LedgerTransaction transaction, String account, JsonNode request) throws SQLException {
        SendRequest checked = requests.checkAnswer(accounts.settings(account), transaction.now(), request);
        if (!checked.sends().isEmpty()) {
            store.accept(transaction, checked);
        }
    }
}
