package io.smsbridge;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;

import javax.sql.DataSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.smsbridge.Settings.Block;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;

/** The MBean of one account. */
final class AccountManaged implements AccountMXBean {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PATIENCE = 15_000;
    private static final long LOOK_AGAIN = 200;
    /** States in which Infobip has not answered yet. */
    private static final Set<String> UNDER_WAY = Set.of("queued");

    private final CamelContext context;
    private final Block account;
    private final String callerKey;
    private final String queue;
    private final Mask mask = new Mask();

    /** @param callerKey sms.apiKey: the message goes through the same door as any other */
    AccountManaged(CamelContext context, Block account, String callerKey) {
        this.context = context;
        this.account = account;
        this.callerKey = callerKey;
        this.queue = "sends." + account.name();
    }

    @Override
    public String getBaseUrl() {
        return WebUrl.of(account.get("baseUrl")).base();
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
        Queues queues = Managed.bean(context, "queues", Queues.class);
        long normal = queues.waiting(queue);
        return normal == Queues.UNKNOWN ? normal : normal + Math.max(0, queues.waiting(queue + Pace.HIGH));
    }

    @Override
    public long getOldestWaitingSeconds() {
        Queues queues = Managed.bean(context, "queues", Queues.class);
        return Managed.seconds(Math.max(queues.oldestAge(queue), queues.oldestAge(queue + Pace.HIGH)));
    }

    @Override
    public String getLastError() {
        return Managed.bean(context, "lastErrors", LastErrors.class).of(queue);
    }

    @Override
    public String sendTestSms(String to, String text) throws Exception {
        byte[] request = JSON.writeValueAsBytes(Map.of("to", to == null ? "" : to, "text", text == null || text.isBlank() ? "Test message" : text));
        Exchange accepted = context.createFluentProducerTemplate().to("direct:accept-sends").withProcessor(exchange -> {
            exchange.setVariable("account", account.name());
            exchange.getMessage().setHeader("X-API-Key", callerKey);
            exchange.getMessage().setBody(request);
        }).request(Exchange.class);
        JsonNode answer = JSON.readTree(accepted.getMessage().getBody(String.class));
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
        try (Connection connection = Managed.bean(context, "ledgerReads", DataSource.class).getConnection();
                PreparedStatement query = connection.prepareStatement("SELECT state, reason FROM message WHERE id = ?")) {
            query.setString(1, id);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next() || UNDER_WAY.contains(row.getString("state"))) {
                    return null;
                }
                String reason = row.getString("reason");
                String state = row.getString("state");
                return (state.equals("sent") ? "Infobip accepted it" : state.equals("failed") ? "Not sent" : "It is " + state)
                        + (reason == null ? "" : ": " + reason);
            }
        }
    }
}
