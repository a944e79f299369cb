package io.smsbridge;

import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.Settings.Block;
import io.smsbridge.ledger.OutboxCounts;
import io.smsbridge.send.SendAccounts;
import org.apache.camel.CamelContext;

/** The MBean of one account. */
final class AccountManaged implements AccountMXBean {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PATIENCE = 15_000;
    private static final long LOOK_AGAIN = 200;
    /** States in which Infobip has not answered yet. */
    private static final Set<String> UNDER_WAY = Set.of("queued");

    private final CamelContext context;
    private final Block account;
    private final Core core;
    private final String queue;
    private final Mask mask = new Mask();

    AccountManaged(CamelContext context, Block account, Core core) {
        this.context = context;
        this.account = account;
        this.core = core;
        this.queue = "sends." + account.name();
    }

    @Override
    public String getBaseUrl() {
        return Managed.url(account.get("baseUrl"));
    }

    @Override
    public String getSender() {
        return mask.numbers(account.get("sender"));
    }

    @Override
    public String getRegion() {
        return account.get("region");
    }

    @Override
    public String getLinkTracking() {
        return account.get("clickTracking").equals("custom-domain") ? account.get("customDomain") : account.get("clickTracking");
    }

    @Override
    public long getSent() {
        return Managed.total(context, "recipients.sent", "account", account.name());
    }

    @Override
    public long getRejected() {
        return Managed.total(context, "recipients.rejected", "account", account.name());
    }

    @Override
    public long getWaiting() {
        long normal = core.counts.waiting(queue);
        return normal == OutboxCounts.UNKNOWN ? normal : normal + Math.max(0, core.counts.waiting(queue + ".high"));
    }

    @Override
    public long getOldestWaitingSeconds() {
        return Managed.seconds(Math.max(core.counts.oldestAge(queue), core.counts.oldestAge(queue + ".high")));
    }

    @Override
    public String getLastError() {
        SendAccounts.LastError last = core.accounts.lastError(account.name());
        return last == null ? null : Instant.ofEpochMilli(last.at()).truncatedTo(ChronoUnit.SECONDS) + " " + last.text();
    }

    @Override
    public String sendTestSms(String to, String text) throws Exception {
        ObjectNode request = JSON.createObjectNode().put("to", to == null ? "" : to).put("text", text == null || text.isBlank() ? "Test message" : text);
        JsonNode answer = core.sends.send(account.name(), request);
        if (answer.path("accepted").asInt() != 1) {
            return mask.numbers("Not sent, refused by the bridge: "
                    + answer.path("rejected").path(0).path("reason").asText(answer.path("error").asText()));
        }
        String id = answer.path("messages").path(0).path("messageId").asText();
        for (long until = System.currentTimeMillis() + PATIENCE; System.currentTimeMillis() < until; Thread.sleep(LOOK_AGAIN)) {
            String outcome = outcome(id);
            if (outcome != null) {
                return mask.numbers(outcome) + " (message id " + id + ")";
            }
        }
        return "On its way: no answer from Infobip within " + PATIENCE / 1000 + " s (message id " + id + "). "
                + (getLastError() == null ? "" : "Last error: " + getLastError());
    }

    /** What the ledger knows Infobip has said; null when nothing yet. */
    private String outcome(String id) throws SQLException {
        return core.ledger.query("find-message", statement -> statement.set("id", id), row -> {
            String reason = row.getString("reason");
            String state = row.getString("state");
            return UNDER_WAY.contains(state) ? null : (state.equals("sent") ? "Infobip accepted it" : state.equals("failed") ? "Not sent" : "It is " + state)
                    + (reason == null ? "" : ": " + reason);
        }).stream().filter(Objects::nonNull).findFirst().orElse(null);
    }
}
