package io.smsbridge.receive;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.forward.Subscriptions;
import io.smsbridge.ledger.ColumnText;
import io.smsbridge.ledger.LedgerStatement;
import io.smsbridge.ledger.LedgerTransaction;
import io.smsbridge.ledger.Messages;
import io.smsbridge.ledger.Messages.Known;
import io.smsbridge.text.PhoneNumbers;
import io.smsbridge.text.Times;

/** Records what Infobip reports, and tells the downstreams what of it is news, in one transaction. */
final class EventRecorder {

    /** How far Infobip's clock and ours may differ. */
    private static final long SKEW = 60_000;
    /** Infobip's DELIVERED_TO_OPERATOR: the handset's own word may follow. */
    private static final int DELIVERED_TO_OPERATOR = 2;

    private record Answered(String id, String account, String clientId) {
    }

    private final Subscriptions subscriptions;
    private final KeywordReplies keywords;
    private final long replyWindow;

    /** @param replyWindow milliseconds after a message during which a reply can answer it */
    EventRecorder(Subscriptions subscriptions, KeywordReplies keywords, long replyWindow) {
        this.subscriptions = subscriptions;
        this.keywords = keywords;
        this.replyWindow = replyWindow;
    }

    /** The events that were news, which the downstreams that ask for them are told. */
    List<ObjectNode> record(LedgerTransaction transaction, String requestId, List<ObjectNode> events) throws SQLException {
        List<ObjectNode> news = new ArrayList<>();
        List<ObjectNode> reports = new ArrayList<>();
        for (ObjectNode event : events) {
            switch (event.path("type").asText()) {
                case "delivered", "failed" -> reports.add(event);
                case "sent" -> {
                    // In their order: a report of a message on its way is none once the message has ended.
                    report(transaction, reports, news);
                    reports.clear();
                    underway(transaction, event, news);
                }
                case "replied" -> reply(transaction, event, news);
                default -> click(transaction, event, news);
            }
        }
        report(transaction, reports, news);
        subscriptions.tell(transaction, requestId, news);
        return news;
    }

    private static void report(LedgerTransaction transaction, List<ObjectNode> reports, List<ObjectNode> news) throws SQLException {
        for (ObjectNode event : reports) {
            add(transaction, event, isAtOperator(event) ? Messages.AT_OPERATOR : Messages.FINAL);
        }
        boolean[] isNews = Messages.record(transaction);
        for (int i = 0; i < isNews.length; i++) {
            ObjectNode event = reports.get(i);
            if (isNews[i]) {
                if (!isToldAlready(transaction, event)) {
                    news.add(event);
                }
            } else if (event.path("type").asText().equals("delivered") && !isAtOperator(event)) {
                Messages.confirm(transaction, event, Times.millis(event.get("time"), transaction.now()));
            }
        }
    }

    private static boolean isAtOperator(ObjectNode event) {
        JsonNode status = event.path("status");
        return event.path("type").asText().equals("delivered")
                && (status.hasNonNull("id") ? status.get("id").asInt() == DELIVERED_TO_OPERATOR : status.path("name").asText().equals("DELIVERED_TO_OPERATOR"));
    }

    /** Adds what the event lacks. Of a replayed message the downstreams know that it failed: they are told only if it did better in the end. */
    private static boolean isToldAlready(LedgerTransaction transaction, ObjectNode event) throws SQLException {
        boolean failed = event.path("type").asText().equals("failed");
        if (!failed && event.hasNonNull("account") && event.hasNonNull("meta")) {
            return false;
        }
        Optional<Known> message = Messages.find(transaction, ColumnText.of(event.get("messageId")));
        message.ifPresent(known -> Messages.complete(event, known.account(), known.clientId()));
        return failed && message.map(known -> known.replayed() && !known.wasAtOperator()).orElse(false);
    }

    private static void add(LedgerTransaction transaction, ObjectNode event, int stage) throws SQLException {
        Messages.add(transaction, event, stage, Messages.FINAL, Times.millis(event.get("time"), transaction.now()), Times.millis(event.get("sentAt")));
    }

    private static void underway(LedgerTransaction transaction, ObjectNode event, List<ObjectNode> news) throws SQLException {
        add(transaction, event, Messages.SENT);
        Messages.record(transaction);
        boolean isNew = insert(transaction, event, ColumnText.of(event.get("messageId")));
        Optional<Known> message = Messages.find(transaction, ColumnText.of(event.get("messageId")));
        if (isNew && message.map(Known::stage).orElse(Messages.SENT) < Messages.AT_OPERATOR) {
            message.ifPresent(known -> Messages.complete(event, known.account(), known.clientId()));
            news.add(event);
        }
    }

    /** Whether it was not there before. */
    private static boolean insert(LedgerTransaction transaction, ObjectNode event, String messageId) throws SQLException {
        return transaction.sql("record-event").set("id", ColumnText.of(event.get("id"))).set("type", event.path("type").asText())
                .set("messageId", messageId).set("happenedAt", Times.millis(event.get("time"), transaction.now())).set("now", transaction.now())
                .execute() > 0;
    }

    private void reply(LedgerTransaction transaction, ObjectNode event, List<ObjectNode> news) throws SQLException {
        long time = Times.millis(event.get("time"), transaction.now());
        String account = ColumnText.of(event.get("account"));
        List<String> writer = PhoneNumbers.forms(Objects.requireNonNullElse(ColumnText.number(event.get("from")), ""));
        LedgerStatement find = transaction.sql("find-answered").set("writer", writer.get(0)).set("writerAlso", writer.get(writer.size() - 1)).set("number", ColumnText.number(event.get("to")))
                .set("account", account == null ? "" : account).set("since", time - replyWindow).set("until", time + SKEW);
        Optional<Answered> answered = find.query(row -> new Answered(row.getString("id"), row.getString("account"), row.getString("client_id")))
                .stream().findFirst();
        if (insert(transaction, event, answered.map(Answered::id).orElse(null))) {
            answered.ifPresent(message -> {
                Messages.complete(event, message.account(), message.clientId());
                event.put("inReplyTo", message.id());
            });
            keywords.heed(transaction, event);
            news.add(event);
        }
    }

    private static void click(LedgerTransaction transaction, ObjectNode event, List<ObjectNode> news) throws SQLException {
        if (insert(transaction, event, ColumnText.of(event.get("messageId")))) {
            Messages.find(transaction, ColumnText.of(event.get("messageId")))
                    .ifPresent(message -> Messages.complete(event, message.account(), message.clientId()));
            news.add(event);
        }
    }
}
