package io.smsbridge.receive;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;

import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.ledger.DeadLetter;
import io.smsbridge.ledger.LedgerTransaction;
import io.smsbridge.ledger.LedgerWork;
import io.smsbridge.ledger.LedgerWriter;
import io.smsbridge.ledger.Outbox;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step {@code recordWebhook}: commits what a webhook said and what is to be told of it, and goes on when it is on disk. Body before: the
 * map's {events, unreadable}. What can't be read is kept whole as a dead letter, in the same commit.
 */
final class WebhookRecorder extends AsyncProcessorSupport {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.receive");

    private final LedgerWriter writer;
    private final Outbox outbox;
    private final EventRecorder events;
    private final ReceiveMeters meters;
    private final UnaryOperator<String> mask;

    WebhookRecorder(LedgerWriter writer, Outbox outbox, EventRecorder events, ReceiveMeters meters, UnaryOperator<String> mask) {
        this.writer = writer;
        this.outbox = outbox;
        this.events = events;
        this.meters = meters;
        this.mask = mask;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        JsonNode mapped = exchange.getMessage().getBody(JsonNode.class);
        Webhook webhook = exchange.getProperty(Webhook.PROPERTY, Webhook.class);
        List<ObjectNode> all = new ArrayList<>();
        mapped.path("events").forEach(event -> all.add((ObjectNode) event));
        List<DeadLetter> unreadable = new ArrayList<>();
        String reason = "not readable as one of " + webhook.kind() + ": what it is about is missing";
        mapped.path("unreadable").forEach(element -> unreadable.add(letter(webhook, reason, element.asText().getBytes(StandardCharsets.UTF_8))));
        write(exchange, callback, webhook, all, unreadable);
        return false;
    }

    /** Keeps a webhook of which nothing can be read. */
    void keep(Exchange exchange, AsyncCallback callback, Webhook webhook, String reason) {
        LOG.error("{}: unreadable, kept as a dead letter: {}", webhook.kind(), mask.apply(reason));
        write(exchange, callback, webhook, List.of(), List.of(letter(webhook, reason, webhook.body())));
    }

    private static DeadLetter letter(Webhook webhook, String reason, byte[] body) {
        return new DeadLetter(UUID.randomUUID().toString(), "webhooks", webhook.kind(), webhook.account(), reason, 1, webhook.receivedAt(),
                webhook.receivedAt(), 1, 1, "", null, webhook.receivedAt(), null, body);
    }

    private void write(Exchange exchange, AsyncCallback callback, Webhook webhook, List<ObjectNode> all, List<DeadLetter> unreadable) {
        writer.submit(new LedgerWork() {
            private List<ObjectNode> news;

            @Override
            public void write(LedgerTransaction transaction) throws SQLException {
                news = events.record(transaction, all);
                for (DeadLetter letter : unreadable) {
                    outbox.keepDeadLetter(transaction, letter);
                }
            }

            @Override
            public void committed() {
                meters.received(webhook.kind(), webhook.account(), all, news, unreadable.size());
                LOG.info("account {}: {} {}, {} of them known, {} unreadable", webhook.account(), all.size(), webhook.kind(), all.size() - news.size(), unreadable.size());
                callback.done(false);
            }

            @Override
            public void failed(Exception reason) {
                exchange.setException(reason);
                callback.done(false);
            }
        });
    }
}
