package io.smsbridge.receive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.forward.Subscriptions;
import io.smsbridge.http.HttpCall;
import io.smsbridge.http.RefusedCall;
import io.smsbridge.ledger.RequestId;
import io.smsbridge.maps.FailureCodes;
import io.smsbridge.security.WebhookDoors;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.support.AsyncProcessorSupport;

/** Bean {@code webhooks}: the steps of a webhook before it is recorded. */
public final class Webhooks {

    /** Of a key that stands twice, and of what stands behind the end, something would be lost in silence: such a body is kept whole. */
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder().streamReadConstraints(StreamReadConstraints.builder()
            .maxNestingDepth(200).maxStringLength(Integer.MAX_VALUE).build()).build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    private final WebhookDoors doors;
    private final Subscriptions subscriptions;
    private final FailureCodes codes;
    private final WebhookRecorder recorder;

    Webhooks(WebhookDoors doors, Subscriptions subscriptions, FailureCodes codes, WebhookRecorder recorder) {
        this.doors = doors;
        this.subscriptions = subscriptions;
        this.codes = codes;
        this.recorder = recorder;
    }

    /** Checks who posts, by the bytes as they came, and the body's presence; the body becomes the webhook. Errors: 400, 401, 403, 404. */
    public void check(Exchange exchange, HttpCall call, @Header("kind") String kind) {
        if (!call.parts()[1].equals(kind)) {
            throw new RefusedCall(404, "nothing is served at this path; GET /openapi says what is");
        }
        String account = doors.enter(call);
        if (call.body().length == 0 || !call.form().isEmpty()) {
            throw new RefusedCall(400, "the body is empty, or its Content-Type says that it is a form; send Content-Type: application/json");
        }
        begin(exchange, new Webhook(kind, account, System.currentTimeMillis(), call.body()));
    }

    static void begin(Exchange exchange, Webhook webhook) {
        RequestId.begin(exchange);
        exchange.setProperty(Webhook.PROPERTY, webhook);
        exchange.getMessage().setBody(webhook);
    }

    /** Reads the body as JSON, and sets what the maps know as headers: account, receivedAt, raw. */
    public void read(Exchange exchange, Webhook webhook) throws IOException {
        exchange.getMessage().setHeader("account", webhook.account());
        exchange.getMessage().setHeader("receivedAt", Instant.ofEpochMilli(webhook.receivedAt()).toString());
        exchange.getMessage().setHeader("raw", subscriptions.readRaw());
        exchange.getMessage().setBody(wholeCharacters(webhook.body(), JSON.readTree(webhook.body())));
    }

    /** With a question mark for half a character, which a downstream could refuse together with all else that it is told. */
    private static JsonNode wholeCharacters(byte[] body, JsonNode tree) throws IOException {
        for (int i = 0; i + 2 < body.length; i++) {
            boolean escaped = body[i] == '\\' && body[i + 1] == 'u' && (body[i + 2] | 0x20) == 'd';
            boolean plain = (body[i] & 0xff) == 0xed && (body[i + 1] & 0xff) >= 0xa0;
            if (escaped || plain) {
                return JSON.readTree(tree.toString().getBytes(StandardCharsets.UTF_8));
            }
        }
        return tree;
    }

    /** Infobip is answered 200, without a body. */
    public void answer(Exchange exchange) {
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
        exchange.getMessage().setBody(null);
    }

    /** Gives failed events CleverTap's failure code, as failure-codes.jslt has it. */
    public void addFailureCodes(JsonNode mapped) {
        List<ObjectNode> events = new ArrayList<>();
        mapped.path("events").forEach(event -> events.add((ObjectNode) event));
        codes.add(events);
    }

    /** Step {@code keepUnreadable}: keeps a webhook of which nothing can be read as a dead letter, and goes on when it is on disk. */
    final class KeepUnreadable extends AsyncProcessorSupport {
        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            Exception problem = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
            recorder.keep(exchange, callback, exchange.getProperty(Webhook.PROPERTY, Webhook.class), problem);
            return false;
        }
    }
}
