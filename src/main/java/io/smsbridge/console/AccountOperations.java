package io.smsbridge.console;

import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.ledger.LedgerDatabase;
import io.smsbridge.ledger.OutboxCounts;
import io.smsbridge.observe.AnnotatedMBean.Description;
import io.smsbridge.observe.Health;
import io.smsbridge.send.SendAccounts;
import io.smsbridge.send.SendModule;
import io.smsbridge.settings.Block;
import io.smsbridge.settings.WebUrl;
import io.smsbridge.text.PhoneMask;
import io.smsbridge.text.Times;
import org.apache.camel.CamelContext;

/** The MBean of one account. */
@Description("One Infobip account. Counts begin with the start of this process.")
final class AccountOperations implements Pausable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PATIENCE = 15_000;
    private static final long LOOK_AGAIN = 200;
    /** States in which Infobip has not answered yet. */
    private static final Set<String> UNDER_WAY = Set.of("queued");

    private final CamelContext context;
    private final Block account;
    private final LedgerDatabase ledger;
    private final SendAccounts accounts;
    private final SendModule sends;
    private final OutboxCounts counts;
    private final Health health;
    private final String queue;

    AccountOperations(CamelContext context, Block account, LedgerDatabase ledger, SendAccounts accounts, SendModule sends, OutboxCounts counts, Health health) {
        this.context = context;
        this.account = account;
        this.ledger = ledger;
        this.accounts = accounts;
        this.sends = sends;
        this.counts = counts;
        this.health = health;
        this.queue = "sends." + account.name();
    }

    @Description("The account's base URL in Infobip.")
    public String getBaseUrl() {
        return WebUrl.of(account.get("baseUrl")).base();
    }

    @Description("What the recipient sees, unless the request names another sender.")
    public String getSender() {
        return PhoneMask.masked(account.get("sender"));
    }

    @Description("The countries whose fields are added.")
    public String getRegion() {
        return account.get("region");
    }

    @Description("Whether Infobip shortens links and counts clicks.")
    public String getLinkTracking() {
        return account.get("clickTracking").equals("custom-domain") ? account.get("customDomain") : account.get("clickTracking");
    }

    @Description("UP, FAILING (the last call failed, or what is pulled can't be fetched), DOWN (Infobip refuses the key, and what waits, waits), "
            + "or PAUSED by an operator.")
    @Override
    public String getState() {
        if (accounts.isPaused(account.name())) {
            return "PAUSED";
        }
        return accounts.down(account.name()) != null ? "DOWN" : health.account(account.name()) != null ? "FAILING" : "UP";
    }

    @Description("Why it is not up, and since when; else how long it pauses, where Infobip asked for that.")
    public String getWhy() {
        Health.Condition condition = health.account(account.name());
        String down = accounts.down(account.name());
        long pause = (accounts.held(account.name()) + 999) / 1000;
        String why = down != null ? down : condition != null ? condition.reason() + ", since " + Times.toTheSecond(condition.since()) : null;
        return pause == 0 ? why : (why == null ? "" : why + "; ") + "the next call is made in " + pause + " s";
    }

    @Description("Recipients that Infobip accepted.")
    public long getSent() {
        return Counts.total(context, "recipients.sent", "account", account.name());
    }

    @Description("Recipients that Infobip, or the bridge for it, refused.")
    public long getRejected() {
        return Counts.total(context, "recipients.rejected", "account", account.name());
    }

    @Description("Recipients that wait, are retried or in work; -1: the ledger can't be asked.")
    public long getWaiting() {
        long normal = counts.waiting(queue);
        return normal == OutboxCounts.UNKNOWN ? normal : normal + Math.max(0, counts.waiting(queue + ".high"));
    }

    @Description("How long ago the oldest of them came, in seconds; -1: the ledger can't be asked.")
    public long getOldestWaitingSeconds() {
        return Counts.seconds(Math.max(counts.oldestAge(queue), counts.oldestAge(queue + ".high")));
    }

    @Description("When the last call that failed did so, and what was answered.")
    public String getLastError() {
        SendAccounts.LastError last = accounts.lastError(account.name());
        return last == null ? null : Instant.ofEpochMilli(last.at()).truncatedTo(ChronoUnit.SECONDS) + " " + last.text();
    }

    @Description("Sends nothing more; what is accepted waits, until resume, or a restart. Calls under way end.")
    @Override
    public void pause() {
        accounts.pause(account.name());
    }

    @Description("Ends a pause.")
    @Override
    public void resume() {
        accounts.resume(account.name());
    }

    @Description("Does not wait for the next try's time, where calls to Infobip have failed.")
    @Override
    public void probeNow() {
        accounts.probeNow(account.name());
    }

    @Description("Sends one SMS through the routes, as POST /sms/send does, and says what became of it within 15 seconds. It costs what an SMS costs.")
    public String sendTestSms(@Description("The recipient in international form, such as +447700900123.") String to,
            @Description("The text; empty: Test message.") String text) throws Exception {
        TestSms test = test(to, text);
        return test.id() == null ? test.outcome() : test.outcome() + " (message id " + test.id() + ")";
    }

    /**
     * A test and what became of it.
     *
     * @param id      null where the bridge refused it
     * @param outcome in plain words, with numbers masked
     */
    record TestSms(String id, String outcome) {
    }

    TestSms test(String to, String text) throws Exception {
        ObjectNode request = JSON.createObjectNode().put("to", to == null ? "" : to).put("text", text == null || text.isBlank() ? "Test message" : text);
        JsonNode answer = sends.send(account.name(), request);
        if (answer.path("accepted").asInt() != 1) {
            return new TestSms(null, PhoneMask.masked("Not sent, refused by the bridge: "
                    + answer.path("rejected").path(0).path("reason").asText(answer.path("error").asText())));
        }
        String id = answer.path("messages").path(0).path("messageId").asText();
        if (accounts.isPaused(account.name())) {
            return new TestSms(id, "It waits: the account is paused.");
        }
        for (long until = System.currentTimeMillis() + PATIENCE; System.currentTimeMillis() < until; Thread.sleep(LOOK_AGAIN)) {
            String outcome = outcome(id);
            if (outcome != null) {
                return new TestSms(id, PhoneMask.masked(outcome));
            }
        }
        return new TestSms(id, "On its way: no answer from Infobip within " + PATIENCE / 1000 + " s."
                + (getLastError() == null ? "" : " Last error: " + getLastError()));
    }

    /** What the ledger knows Infobip has said; null when nothing yet. */
    private String outcome(String id) throws SQLException {
        return ledger.query("find-message", statement -> statement.set("id", id), row -> {
            String reason = row.getString("reason");
            String state = row.getString("state");
            if (UNDER_WAY.contains(state)) {
                return null;
            }
            String outcome = state.equals("failed") ? "Not sent" : "Infobip accepted it" + (state.equals("sent") ? "" : ", and it is " + state);
            return reason == null ? outcome : outcome + ": " + reason;
        }).stream().filter(Objects::nonNull).findFirst().orElse(null);
    }
}
