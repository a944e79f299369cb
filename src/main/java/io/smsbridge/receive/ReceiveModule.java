package io.smsbridge.receive;

import java.util.function.BooleanSupplier;

import io.smsbridge.forward.Subscriptions;
import io.smsbridge.ledger.LedgerDatabase;
import io.smsbridge.maps.EventCheck;
import io.smsbridge.maps.FailureCodes;
import io.smsbridge.security.WebhookDoors;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.spi.Registry;

/** The stage that takes in what Infobip reports: its beans, by the names that routes call them. */
public final class ReceiveModule {

    private ReceiveModule() {
    }

    /**
     * @param doors       who may post webhooks
     * @param replyWindow milliseconds after a message during which a reply can answer it
     * @param full        whether there is no room to store what comes
     */
    public static void bind(Registry registry, LedgerDatabase ledger, Subscriptions subscriptions, FailureCodes codes, KeywordReplies keywords,
            ReceiveMeters meters, WebhookDoors doors, long replyWindow, BooleanSupplier full) {
        EventRecorder events = new EventRecorder(subscriptions, keywords, replyWindow);
        WebhookRecorder recorder = new WebhookRecorder(ledger.writer(), ledger.outbox(), events, meters);
        Webhooks webhooks = new Webhooks(doors, subscriptions, codes, recorder);
        Pulls pulls = new Pulls(full, meters);
        registry.bind("pulls", pulls);
        registry.bind("reportNotStored", (Processor) pulls::notStored);
        registry.bind("eventCheck", new EventCheck());
        registry.bind("webhooks", webhooks);
        registry.bind("recordWebhook", recorder);
        registry.bind("keepUnreadableWebhook", webhooks.new KeepUnreadable());
    }

    /** Records a webhook, or an element of one, as if it came now. */
    public static void record(ProducerTemplate producer, String kind, String account, byte[] body) throws Exception {
        Exchange done = producer.send("direct:record-" + kind, exchange ->
                Webhooks.begin(exchange, new Webhook(kind, account, System.currentTimeMillis(), body)));
        if (done.getException() != null) {
            throw done.getException();
        }
    }
}
