package io.smsbridge.send;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.forward.Subscriptions;
import io.smsbridge.ledger.LedgerTransaction;
import io.smsbridge.ledger.Messages;
import io.smsbridge.ledger.Outbox;
import io.smsbridge.ledger.OutboxBatch;
import io.smsbridge.ledger.OutboxRow;
import io.smsbridge.maps.FailureCodes;
import io.smsbridge.settings.RetrySchedule;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bean {@code sendOutcomes}: records what became of a call to Infobip, and tells the downstreams. */
public final class SendOutcomes {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.send");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SendAccounts accounts;
    private final Outbox outbox;
    private final Subscriptions subscriptions;
    private final FailureCodes codes;
    private final SendMeters meters;

    SendOutcomes(SendAccounts accounts, Outbox outbox, Subscriptions subscriptions, FailureCodes codes, SendMeters meters) {
        this.accounts = accounts;
        this.outbox = outbox;
        this.subscriptions = subscriptions;
        this.codes = codes;
        this.meters = meters;
    }

    /** After an answer: the body becomes {statusCode, answer, text}, where answer is its JSON, or else text what it is. For infobip-answer.jslt. */
    public void readAnswer(Exchange exchange) {
        byte[] body = exchange.getMessage().getBody(byte[].class);
        // JSON is UTF-8, whatever charset the answer names.
        String text = body == null ? "" : new String(body, StandardCharsets.UTF_8);
        ObjectNode answer = JsonNodeFactory.instance.objectNode().put("statusCode", exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, 200, int.class));
        try {
            JsonNode tree = JSON.readTree(text);
            answer.set("answer", tree.isContainerNode() ? tree : null);
        } catch (JsonProcessingException e) {
            // It stays text.
        }
        answer.put("text", text.length() > 500 ? text.substring(0, 500) : text);
        exchange.getMessage().setBody(answer);
    }

    /** After infobip-answer.jslt: {statusCode, bulkId, results: [{messageId, status}], error: {name, description}}. */
    public void record(Exchange exchange, JsonNode answer) {
        OutboxBatch batch = batch(exchange);
        int code = answer.path("statusCode").asInt();
        long asked = RetrySchedule.asked(exchange.getMessage().getHeader("Retry-After", String.class));
        Map<String, JsonNode> results = new HashMap<>();
        answer.path("results").forEach(result -> results.put(result.path("messageId").asText(), result));
        boolean complete = results.size() == batch.items().size() && batch.items().stream().allMatch(send -> results.containsKey(send.get("messageId").textValue()));
        if (code >= 200 && code < 300 && complete) {
            accounts.answered(batch, code, false, null, asked);
            meters.called(batch, code);
            outbox.settle(batch, transaction -> answered(transaction, batch, answer.path("bulkId").textValue(), results));
            LOG.info("account {}: {} recipients answered in {} ms", batch.target(), batch.items().size(), batch.millis());
            return;
        }
        String name = answer.path("error").path("name").asText(code > 0 ? "HTTP_" + code : "NO_ANSWER");
        String description = code >= 200 && code < 300
                ? "HTTP " + code + " with " + answer.path("results").size() + " results that do not match the " + batch.items().size() + " messages sent"
                : answer.path("error").path("description").asText("");
        failed(batch, code, code >= 200 && code < 300 ? "UNREADABLE_ANSWER" : name, description, asked);
    }

    /** After a call that was not answered. The exchange holds the error met. */
    public void recordNoAnswer(Exchange exchange) {
        Exception error = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        failed(batch(exchange), 0, "NO_ANSWER", error.getClass().getSimpleName() + ": " + error.getMessage(), 0);
    }

    private static OutboxBatch batch(Exchange exchange) {
        return exchange.getProperty(OutboxBatch.PROPERTY, OutboxBatch.class);
    }

    private void failed(OutboxBatch batch, int code, String name, String description, long asked) {
        boolean keyRefused = code == 401 || code == 403;
        boolean retry = keyRefused || code == 0 || code >= 200 && code < 300 || code == 408 || code == 425 || code == 429 || code >= 500;
        String reason = (code > 0 ? "HTTP " + code + ", " : "") + name + ": " + description;
        accounts.failed(batch.target(), reason);
        accounts.answered(batch, code, retry, keyRefused ? "Infobip refuses its key (" + reason + ")" : null, asked);
        meters.called(batch, code);
        if (keyRefused) {
            // The account is down, not the campaign failed: what waits, waits.
            outbox.putBack(batch);
            return;
        }
        long now = System.currentTimeMillis();
        long since = batch.failingSince() == null ? now : batch.failingSince();
        OptionalLong next = retry ? accounts.settings(batch.target()).retry().next(batch.attempts() + 1, since, now, asked) : OptionalLong.empty();
        if (next.isPresent()) {
            LOG.warn("account {}: failure {}, next try at {}: {}", batch.target(), batch.attempts() + 1, Instant.ofEpochMilli(next.getAsLong()), accounts.mask(reason));
            meters.retried(batch);
            outbox.settle(batch, transaction -> outbox.retry(transaction, batch, next.getAsLong(), since));
            return;
        }
        LOG.error("account {}: given up after {} tries, kept as a dead letter: {}", batch.target(), batch.attempts() + 1, accounts.mask(reason));
        meters.givenUp(batch, retry ? "retry" : "refused", name);
        outbox.settle(batch, transaction -> {
            String letter = outbox.giveUp(transaction, batch, batch.items(), reason, null);
            // 904: the provider's system; 914: undelivered after retries.
            fail(transaction, batch.target(), batch.items(), name, description, retry ? "914" : "904", letter);
        });
    }

    private void answered(LedgerTransaction transaction, OutboxBatch batch, String bulkId, Map<String, JsonNode> results) throws SQLException {
        boolean allSent = results.values().stream().allMatch(result -> type(result.path("status")).equals("sent"));
        boolean whole = batch.rows().stream().allMatch(row -> row.lastSeq() >= row.firstSeq() && row.firstSeq() > 0);
        List<ObjectNode> events = new ArrayList<>();
        if (allSent && whole && !subscriptions.asked().contains("sent")) {
            for (OutboxRow row : batch.rows()) {
                transaction.sql("record-sent").set("now", transaction.now()).set("bulkId", bulkId).set("firstSeq", row.firstSeq())
                        .set("lastSeq", row.lastSeq()).execute();
            }
        } else {
            for (ObjectNode send : batch.items()) {
                JsonNode result = results.get(send.get("messageId").textValue());
                JsonNode status = result.path("status");
                ObjectNode event = accounts.event(batch.target(), send, type(status), transaction.now());
                event.put("bulkId", bulkId);
                event.set("status", status);
                event.set("raw", result);
                events.add(event);
            }
            codes.add(events);
            tellNews(transaction, events);
        }
        outbox.remove(transaction, batch);
        meters.answered(batch, events);
    }

    /** Status 23, duplicate id: an earlier try of ours got through. */
    private static String type(JsonNode status) {
        int group = status.path("groupId").asInt();
        return group == 5 && status.path("id").asInt() == 23 || group != 2 && group != 4 && group != 5 ? "sent" : "failed";
    }

    /** Records that these sends have failed, and tells the downstreams. */
    void fail(LedgerTransaction transaction, String account, List<ObjectNode> sends, String name, String description, String code, String letter)
            throws SQLException {
        List<ObjectNode> events = new ArrayList<>();
        for (ObjectNode send : sends) {
            ObjectNode event = accounts.event(account, send, "failed", transaction.now());
            event.putObject("status").put("name", name).put("description", description);
            event.put("failureCode", code);
            events.add(event);
        }
        List<ObjectNode> news = tellNews(transaction, events);
        if (letter != null) {
            for (ObjectNode event : news) {
                transaction.sql("note-dead-letter").set("id", event.get("messageId").textValue()).set("letter", letter).execute();
            }
        }
    }

    private List<ObjectNode> tellNews(LedgerTransaction transaction, List<ObjectNode> events) throws SQLException {
        for (ObjectNode event : events) {
            Messages.add(transaction, event, event.get("type").textValue().equals("sent") ? Messages.SENT : Messages.FINAL, transaction.now(), null);
        }
        boolean[] isNews = Messages.record(transaction);
        List<ObjectNode> news = new ArrayList<>();
        for (int i = 0; i < isNews.length; i++) {
            if (isNews[i]) {
                news.add(events.get(i));
            }
        }
        List<ObjectNode> told = new ArrayList<>(news);
        for (ObjectNode event : news) {
            if (event.get("type").textValue().equals("failed")
                    && Messages.find(transaction, event.get("messageId").textValue()).map(Messages.Known::replayed).orElse(false)) {
                told.remove(event);
            }
        }
        subscriptions.tell(transaction, told);
        return news;
    }
}
