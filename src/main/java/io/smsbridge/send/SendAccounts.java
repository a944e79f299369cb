package io.smsbridge.send;

import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.ledger.Outbox;
import io.smsbridge.ledger.OutboxBatch;
import io.smsbridge.ledger.OutboxGate;
import io.smsbridge.settings.AccountSettings;
import io.smsbridge.text.PhoneMask;

/** The accounts: their settings, their rates, and what went wrong last. */
public final class SendAccounts {

    /** @param at epoch milliseconds */
    public record LastError(String text, long at) {
    }

    private final Map<String, AccountSettings> settings = new LinkedHashMap<>();
    private final Map<String, AccountRate> rates = new LinkedHashMap<>();
    private final Map<String, LastError> errors = new ConcurrentHashMap<>();

    public SendAccounts(Collection<AccountSettings> accounts, Outbox outbox) {
        for (AccountSettings account : accounts) {
            settings.put(account.name(), account);
            rates.put(account.name(), new AccountRate(account.name(), account.messagesPerSecond(), account.retry().delay(), account.retry().maxDelay(),
                    () -> System.nanoTime() / 1_000_000, () -> outbox.queue("sends", account.name()).wake()));
        }
    }

    public Set<String> names() {
        return settings.keySet();
    }

    /** Null where there is no such account. */
    public AccountSettings settings(String account) {
        return settings.get(account);
    }

    /** For the route that sends through it. */
    public OutboxGate gate(String account) {
        return rates.get(account);
    }

    /** Recipients in a second at present; 0: no limit. */
    public double rate(String account) {
        return rates.get(account).rate();
    }

    /** Milliseconds until the account's next call, where Infobip is to be left alone so long; else 0. */
    public long held(String account) {
        return rates.get(account).held();
    }

    /** Makes no call through the account until it is resumed, or the process ends; what is accepted waits. */
    public void pause(String account) {
        rates.get(account).pause();
    }

    /** Ends a pause. */
    public void resume(String account) {
        rates.get(account).resume();
    }

    /** Whether an operator has paused it. */
    public boolean isPaused(String account) {
        return rates.get(account).isPaused();
    }

    /** Does not wait for the next probe's time, where the account's calls have failed. */
    public void probeNow(String account) {
        rates.get(account).probeNow();
    }

    /** Why nothing can be sent through it, such as a key that Infobip refuses; null where it can. */
    public String down(String account) {
        return rates.get(account).down();
    }

    /** Null when no call has failed since the start. */
    public LastError lastError(String account) {
        return errors.get(account);
    }

    public void failed(String account, String reason) {
        errors.put(account, new LastError(PhoneMask.masked(reason), System.currentTimeMillis()));
    }

    void answered(OutboxBatch batch, int code, boolean failed, String refusesAll, long retryAfter) {
        rates.get(batch.target()).answered(batch, code, failed, refusesAll, retryAfter);
    }

    /** The call of this batch is not made after all: its share of the rate is free again. */
    void unused(OutboxBatch batch) {
        rates.get(batch.target()).unused(batch.items().size());
    }

    /** An event of one send, without its status. */
    ObjectNode event(String account, ObjectNode send, String type, long now) {
        String sender = send.path("sender").asText(settings.get(account).sender());
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.put("id", send.get("messageId").textValue() + ":" + type).put("type", type).put("time", Instant.ofEpochMilli(now).toString())
                .put("account", account).put("messageId", send.get("messageId").textValue());
        if (send.hasNonNull("meta")) {
            event.set("meta", send.get("meta"));
        }
        if (!sender.isEmpty()) {
            event.put("from", sender);
        }
        event.set("to", send.get("to"));
        return event;
    }
}
