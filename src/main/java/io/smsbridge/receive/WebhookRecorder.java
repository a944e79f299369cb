package io.smsbridge.receive;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.ledger.DeadLetter;
import io.smsbridge.ledger.LedgerTransaction;
import io.smsbridge.ledger.LedgerWork;
import io.smsbridge.ledger.LedgerWriter;
import io.smsbridge.ledger.Outbox;
import io.smsbridge.ledger.RequestId;
import io.smsbridge.maps.Maps;
import io.smsbridge.text.LoggedError;
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

    WebhookRecorder(LedgerWriter writer, Outbox outbox, EventRecorder events, ReceiveMeters meters) {
        this.writer = writer;
        this.outbox = outbox;
        this.events = events;
        this.meters = meters;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        JsonNode mapped = exchange.getMessage().getBody(JsonNode.class);
        Webhook webhook = exchange.getProperty(Webhook.PROPERTY, Webhook.class);
        List<ObjectNode> all = new ArrayList<>();
        mapped.path("events").forEach(event -> all.add((ObjectNode) event));
        List<DeadLetter> unreadable = new ArrayList<>();
        String reason = "not readable as one of " + webhook.kind() + ": what it is about is missing";
        mapped.path("unreadable").forEach(element -> unreadable.add(letter(exchange, webhook, element.path("reason").asText(reason),
                element.path("element").asText(element.asText()).getBytes(StandardCharsets.UTF_8))));
        write(exchange, callback, webhook, all, unreadable);
        return false;
    }

    /** Keeps a webhook of which nothing can be read. */
    void keep(Exchange exchange, AsyncCallback callback, Webhook webhook, Exception problem) {
        try (RequestId.Logged line = RequestId.logged(RequestId.of(exchange))) {
            LOG.error("{}: unreadable, kept as a dead letter: {}", webhook.kind(),
                    problem instanceof Maps.MapFailed failed ? failed.failure().brief() : LoggedError.brief(problem));
        }
        write(exchange, callback, webhook, List.of(), List.of(letter(exchange, webhook, problem.getMessage(), webhook.body())));
    }

    private static DeadLetter letter(Exchange exchange, Webhook webhook, String reason, byte[] body) {
        return new DeadLetter(UUID.randomUUID().toString(), "webhooks", webhook.kind(), webhook.account(), reason, 1, webhook.receivedAt(),
                webhook.receivedAt(), 1, 1, "", RequestId.of(exchange), webhook.receivedAt(), null, body);
    }

    private void write(Exchange exchange, AsyncCallback callback, Webhook webhook, List<ObjectNode> all, List<DeadLetter> unreadable) {
        String requestId = RequestId.of(exchange);
        writer.submit(new LedgerWork() {
            private List<ObjectNode> news;

            @Override
            public void write(LedgerTransaction transaction) throws SQLException {
                news = events.record(transaction, requestId, all);
                for (DeadLetter letter : unreadable) {
                    outbox.keepDeadLetter(transaction, letter);
                }
            }

            @Override
            public void committed() {
                meters.received(webhook.kind(), webhook.account(), all, news, unreadable.size());
                try (RequestId.Logged line = RequestId.logged(requestId)) {
                    LoggerFactory.getLogger("record-" + webhook.kind()).info("account {}: {} {}, {} of them known, {} unreadable", webhook.account(),
                            all.size(), webhook.kind(), all.size() - news.size(), unreadable.size());
                }
                callback.done(false);
            }

            @Override
            public void failed(Exception reason) {
                exchange.setException(reason);
                callback.done(false);
            }

            @Override
            public boolean continuesRoute() {
                return true;
            }
        });
    }
}
