package io.smsbridge.send;

import java.io.IOException;
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
import io.smsbridge.maps.Maps;
import io.smsbridge.settings.RetrySchedule;
import io.smsbridge.text.Failure;
import io.smsbridge.text.LoggedError;
import io.smsbridge.text.PhoneMask;
import io.smsbridge.text.Redirect;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bean {@code sendOutcomes}: records what became of a call to Infobip, and tells the downstreams. */
public final class SendOutcomes {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.send");
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Of an exchange: the HTTP status that Infobip answered with. From then on the call is not made again, whatever fails. */
    private static final String STATUS = "infobipStatus";
    private static final int NO_ANSWER = 0;

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
        int code = exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, 200, int.class);
        exchange.setProperty(STATUS, code);
        byte[] body = exchange.getMessage().getBody(byte[].class);
        // JSON is UTF-8, whatever charset the answer names.
        String text = body == null ? "" : new String(body, StandardCharsets.UTF_8);
        if (code >= 300 && code < 400) {
            text = Redirect.refused(exchange.getMessage().getHeader("Location", String.class), "account." + batch(exchange).target() + ".baseUrl");
        }
        ObjectNode answer = JsonNodeFactory.instance.objectNode().put("statusCode", code);
        try {
            JsonNode tree = JSON.readTree(text);
            answer.set("answer", tree.isContainerNode() ? tree : null);
        } catch (JsonProcessingException e) {
            // It stays text.
        }
        exchange.getMessage().setBody(answer.put("text", text));
    }

    /** After infobip-answer.jslt: {bulkId, results: [{messageId, type, status, raw}], error: {name, description}}. */
    public void record(Exchange exchange, JsonNode answer) {
        OutboxBatch batch = batch(exchange);
        int code = exchange.getProperty(STATUS, int.class);
        if (!answer.path("results").isArray()) {
            throw new IllegalArgumentException("the map infobip-answer made no results, which have to be an array");
        }
        long asked = RetrySchedule.asked(exchange.getMessage().getHeader("Retry-After", String.class));
        Map<String, JsonNode> results = new HashMap<>();
        answer.get("results").forEach(result -> results.put(result.path("messageId").asText(), result));
        boolean taken = code >= 200 && code < 300;
        if (!taken) {
            String name = answer.path("error").path("name").asText("HTTP_" + code);
            String description = answer.path("error").path("description").asText("");
            // Of a redirect it says what the bridge itself makes of it.
            failed(batch, code, name, new Failure(code >= 300 && code < 400 ? PhoneMask.masked(description) : "", description), asked);
        } else if (answer.get("results").size() == batch.items().size() && batch.items().stream().allMatch(send -> results.containsKey(id(send)))) {
            answered(batch, code, answer.path("bulkId").textValue(), results, asked);
        } else {
            String description = "HTTP " + code + " with " + answer.get("results").size() + " results that do not match the " + batch.items().size()
                    + " messages sent";
            failed(batch, code, "UNREADABLE_ANSWER", new Failure(description, description), asked);
        }
    }

    /** After an error: of a call not answered, of a map that fails, or of what was answered. The exchange holds the error met. */
    public void recordFailure(Exchange exchange) {
        OutboxBatch batch = batch(exchange);
        Exception error = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        Integer code = exchange.getProperty(STATUS, Integer.class);
        if (code != null) {
            Failure failure = failure(error).after("answered by Infobip (HTTP " + code + "), but what it answered can't be recorded: ");
            LOG.error("account {}: {}; the call is not made again, and kept as a dead letter", batch.target(), failure.brief());
            accounts.answered(batch, code, false, null, 0);
            meters.unreadable(batch);
            outbox.settle(batch, transaction -> outbox.giveUp(transaction, batch, batch.items(), failure, null));
        } else if (error instanceof Maps.MapFailed failed) {
            notMapped(batch, failed.failure());
        } else {
            String name = error instanceof IOException ? error.getClass().getSimpleName() : error.getClass().getName();
            failed(batch, NO_ANSWER, "NO_ANSWER", new Failure(LoggedError.brief(error), name + ": " + error.getMessage()), 0);
        }
    }

    private static Failure failure(Exception error) {
        return error instanceof Maps.MapFailed failed ? failed.failure() : new Failure(LoggedError.brief(error), error.getMessage());
    }

    /** A map that was edited can fail on one send: the others go without it. */
    private void notMapped(OutboxBatch batch, Failure failure) {
        accounts.unused(batch);
        if (batch.items().size() > 1) {
            LOG.warn("account {}: a call can't be mapped, and is made in two parts, to find what is wrong with it: {}", batch.target(), failure.brief());
            outbox.settle(batch, transaction -> outbox.part(transaction, batch));
        } else {
            accounts.failed(batch.target(), failure.whole());
            giveUp(batch, "refused", "NOT_MAPPED", failure, failure.after("NOT_MAPPED: "), "904");
        }
    }

    private static OutboxBatch batch(Exchange exchange) {
        return exchange.getProperty(OutboxBatch.PROPERTY, OutboxBatch.class);
    }

    private static String id(ObjectNode send) {
        return send.get("messageId").textValue();
    }

    private void failed(OutboxBatch batch, int code, String name, Failure description, long asked) {
        RetrySchedule schedule = accounts.settings(batch.target()).retry();
        // Infobip refuses the key, not the call. Who wants no retries wants no waiting either.
        boolean keyRefused = (code == 401 || code == 403) && schedule.maxAge() > 0;
        boolean retry = code == NO_ANSWER || code >= 200 && code < 300 || code == 408 || code == 425 || code == 429 || code >= 500;
        String what = (code >= 300 ? "HTTP " + code + ", " : "") + name;
        Failure reason = new Failure(PhoneMask.masked(what) + (description.brief().isEmpty() ? "" : ": " + description.brief()), what + ": " + description.whole());
        accounts.failed(batch.target(), reason.whole());
        accounts.answered(batch, code, retry || keyRefused, keyRefused ? "Infobip refuses its key (HTTP " + code + "): check baseUrl, apiKey and its scopes" : null,
                asked);
        meters.called(batch, code);
        if (keyRefused) {
            // The account is down, not the campaign failed: what waits, waits.
            outbox.putBack(batch);
            return;
        }
        long now = System.currentTimeMillis();
        long since = batch.failingSince() == null ? now : batch.failingSince();
        OptionalLong next = retry ? schedule.next(batch.attempts() + 1, since, now, asked) : OptionalLong.empty();
        if (next.isPresent()) {
            LOG.warn("account {}: failure {}, next try at {}: {}", batch.target(), batch.attempts() + 1, Instant.ofEpochMilli(next.getAsLong()),
                    reason.brief());
            meters.retried(batch);
            outbox.settle(batch, transaction -> outbox.retry(transaction, batch, next.getAsLong(), since));
        } else {
            // 904: the provider's system; 914: undelivered after retries.
            giveUp(batch, retry ? "retry" : "refused", name, description, reason, retry ? "914" : "904");
        }
    }

    private void giveUp(OutboxBatch batch, String outcome, String name, Failure description, Failure reason, String failureCode) {
        LOG.error("account {}: given up after {} tries, kept as a dead letter: {}", batch.target(), batch.attempts() + 1, reason.brief());
        meters.givenUp(batch, outcome, name);
        outbox.settle(batch, transaction -> {
            String letter = outbox.giveUp(transaction, batch, batch.items(), reason, null);
            fail(transaction, batch, batch.items(), name, outbox.keepsTexts() ? description.whole() : description.brief(), failureCode, letter);
        });
    }

    private void answered(OutboxBatch batch, int code, String bulkId, Map<String, JsonNode> results, long asked) {
        accounts.answered(batch, code, false, null, asked);
        meters.called(batch, code);
        outbox.settle(batch, transaction -> recordAnswered(transaction, batch, bulkId, results));
        LoggerFactory.getLogger("send-via-" + batch.target()).info("account {}: {} recipients answered in {} ms", batch.target(), batch.items().size(), batch.millis());
    }

    private void recordAnswered(LedgerTransaction transaction, OutboxBatch batch, String bulkId, Map<String, JsonNode> results) throws SQLException {
        boolean allSent = results.values().stream().allMatch(result -> result.path("type").asText().equals("sent"));
        boolean whole = batch.rows().stream().allMatch(row -> row.lastSeq() >= row.firstSeq() && row.firstSeq() > 0);
        List<ObjectNode> events = new ArrayList<>();
        if (allSent && whole && !subscriptions.asked().contains("sent")) {
            for (OutboxRow row : batch.rows()) {
                transaction.sql("record-sent").set("now", transaction.now()).set("bulkId", bulkId).set("firstSeq", row.firstSeq())
                        .set("lastSeq", row.lastSeq()).execute();
            }
        } else {
            for (ObjectNode send : batch.items()) {
                JsonNode result = results.get(id(send));
                ObjectNode event = accounts.event(batch.target(), send, result.path("type").asText().equals("failed") ? "failed" : "sent", transaction.now());
                if (bulkId != null) {
                    event.put("bulkId", bulkId);
                }
                event.set("status", result.path("status"));
                event.set("raw", result.path("raw"));
                events.add(event);
            }
            codes.add(events);
            tellNews(transaction, batch.requestId(), events);
        }
        outbox.remove(transaction, batch);
        meters.answered(batch, events);
    }

    /** Records that these sends of the batch have failed, and tells the downstreams. */
    void fail(LedgerTransaction transaction, OutboxBatch batch, List<ObjectNode> sends, String name, String description, String code, String letter)
            throws SQLException {
        List<ObjectNode> events = new ArrayList<>();
        for (ObjectNode send : sends) {
            ObjectNode event = accounts.event(batch.target(), send, "failed", transaction.now());
            event.putObject("status").put("name", name).put("description", description);
            event.put("failureCode", code);
            events.add(event);
        }
        List<ObjectNode> news = tellNews(transaction, batch.requestId(), events);
        if (letter != null) {
            for (ObjectNode event : news) {
                transaction.sql("note-dead-letter").set("id", id(event)).set("letter", letter).execute();
            }
        }
    }

    private List<ObjectNode> tellNews(LedgerTransaction transaction, String requestId, List<ObjectNode> events) throws SQLException {
        for (ObjectNode event : events) {
            boolean sent = event.get("type").textValue().equals("sent");
            Messages.add(transaction, event, sent ? Messages.SENT : Messages.FINAL, Messages.SENT, transaction.now(), null);
        }
        boolean[] isNews = Messages.record(transaction);
        List<ObjectNode> news = new ArrayList<>();
        List<ObjectNode> told = new ArrayList<>();
        for (int i = 0; i < isNews.length; i++) {
            ObjectNode event = events.get(i);
            if (isNews[i]) {
                news.add(event);
                boolean failedAgain = event.get("type").textValue().equals("failed")
                        && Messages.find(transaction, id(event)).map(known -> known.replayed() && !known.wasAtOperator()).orElse(false);
                if (!failedAgain) {
                    told.add(event);
                }
            }
        }
        subscriptions.tell(transaction, requestId, told);
        return news;
    }
}
