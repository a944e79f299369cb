package io.smsbridge.forward;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.ledger.Outbox;
import io.smsbridge.ledger.OutboxBatch;
import io.smsbridge.maps.Maps;
import io.smsbridge.settings.DownstreamSettings;
import io.smsbridge.settings.RetrySchedule;
import io.smsbridge.text.Failure;
import io.smsbridge.text.PhoneMask;
import io.smsbridge.text.Redirect;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bean {@code forwardOutcomes}: records what became of a POST to a downstream. */
public final class ForwardOutcomes {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.forward");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SHOWN = 500;
    private static final int NOT_MAPPED = -1;
    /** Where a batch may hold an item that the downstream, or its map, can't take. */
    private static final Set<Integer> MAY_BE_AN_ITEM = Set.of(NOT_MAPPED, 400, 413, 422);
    private static final Set<Integer> WORTH_A_RETRY = Set.of(0, 408, 425, 429);

    private final Outbox outbox;
    private final DownstreamCircuits circuits;
    private final Maps maps;
    private final ForwardMeters meters;

    ForwardOutcomes(Outbox outbox, DownstreamCircuits circuits, Maps maps, ForwardMeters meters) {
        this.outbox = outbox;
        this.circuits = circuits;
        this.maps = maps;
        this.meters = meters;
    }

    /** Whether the map has nothing to say to this downstream: null, or an empty array. */
    public boolean nothingToTell(JsonNode mapped) {
        return mapped.isNull() || mapped.isArray() && mapped.isEmpty();
    }

    /** Names a POST by the ids of its events: a try again with the same events has the same name, on whichever bridge, and no other POST has it. */
    public String postId(Exchange exchange) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        for (ObjectNode event : batch(exchange).items()) {
            digest.update(event.path("id").asText().getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
        }
        return "msg_" + Base64.getUrlEncoder().withoutPadding().encodeToString(digest.digest());
    }

    /** After a map that has nothing to say to this downstream. */
    public void recordNothingToTell(Exchange exchange) {
        OutboxBatch batch = batch(exchange);
        outbox.settle(batch, transaction -> outbox.remove(transaction, batch));
    }

    /** After an answer, whatever its status. The body is the answer's. */
    public void recordAnswer(Exchange exchange) {
        byte[] body = exchange.getMessage().getBody(byte[].class);
        Integer code = exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        String text = body == null ? "" : new String(body, StandardCharsets.UTF_8);
        Failure answer = new Failure("", text);
        if (code != null && code >= 300 && code < 400) {
            String refused = Redirect.refused(exchange.getMessage().getHeader("Location", String.class), "downstream." + batch(exchange).target() + ".url");
            answer = new Failure(PhoneMask.masked(refused), refused + (text.isEmpty() ? "" : ": " + text));
        }
        record(batch(exchange), code == null ? 200 : code, answer, exchange.getMessage().getHeader("Retry-After", String.class));
    }

    /** After a Camel endpoint has taken the batch. The body is still what it was given, and no answer. */
    public void recordHandedOver(Exchange exchange) {
        record(batch(exchange), 200, new Failure("", ""), null);
    }

    /** After an error: of a POST that was not answered, or of a map that fails. The exchange holds the error met. */
    public void recordFailure(Exchange exchange) {
        OutboxBatch batch = batch(exchange);
        Exception error = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        if (error instanceof Maps.MapFailed failed) {
            failed(batch, circuits.settings(batch.target()), NOT_MAPPED, failed.failure(), 0);
        } else if (error instanceof DownstreamEndpoint.HandOverFailed failed && failed.isTooLarge()) {
            failed(batch, circuits.settings(batch.target()), NOT_MAPPED, failed.failure(), 0);
        } else if (error instanceof DownstreamEndpoint.HandOverFailed failed) {
            record(batch, 0, failed.failure(), null);
        } else {
            record(batch, 0, Failure.of(error), null);
        }
    }

    private static OutboxBatch batch(Exchange exchange) {
        return exchange.getProperty(OutboxBatch.PROPERTY, OutboxBatch.class);
    }

    /** @param answer brief: what the log may show of it */
    private void record(OutboxBatch batch, int code, Failure answer, String retryAfter) {
        DownstreamSettings downstream = circuits.settings(batch.target());
        long asked = RetrySchedule.asked(retryAfter);
        meters.called(batch, code);
        LoggerFactory.getLogger("forward-to-" + batch.target()).info("{} events answered {} in {} ms", batch.items().size(), code, batch.millis());
        boolean waits = circuits.of(batch.target()).answered(batch, code, answer, asked);
        if (code >= 200 && code < 300) {
            taken(batch, answer.whole());
        } else if (waits) {
            outbox.putBack(batch);
        } else {
            failed(batch, downstream, code, answer.cut(SHOWN).answered(code), asked);
        }
    }

    private void taken(OutboxBatch batch, String answer) {
        // Most answers say nothing, and need not be read for it.
        JsonNode unprocessed = answer.contains("\"unprocessed\"") ? unprocessed(batch, answer) : null;
        List<ObjectNode> refused = new ArrayList<>();
        if (unprocessed != null) {
            unprocessed.path("events").forEach(event -> refused.add(event.isObject() ? (ObjectNode) event : JsonNodeFactory.instance.objectNode().set("record", event)));
        }
        meters.taken(batch, batch.items().size() - refused.size());
        if (refused.isEmpty()) {
            outbox.settle(batch, transaction -> outbox.remove(transaction, batch));
        } else {
            meters.givenUp(batch, "refused");
            Failure reason = new Failure("answered 2xx, but did not process", unprocessed.path("reason").asText());
            outbox.settle(batch, transaction -> outbox.giveUp(transaction, batch, refused, reason, unprocessed.path("notReplayable").textValue()));
        }
    }

    /** {events, reason, notReplayable}, as unprocessed.jslt makes it of the events posted and the answer; null for an answer that is no JSON. */
    private JsonNode unprocessed(OutboxBatch batch, String answer) {
        ObjectNode input = JsonNodeFactory.instance.objectNode();
        input.putArray("events").addAll(batch.items());
        try {
            input.set("answer", JSON.readTree(answer));
        } catch (JsonProcessingException e) {
            return null;
        }
        return maps.apply("unprocessed", JsonNodeFactory.instance.objectNode(), input);
    }

    private void failed(OutboxBatch batch, DownstreamSettings downstream, int code, Failure reason, long asked) {
        long now = System.currentTimeMillis();
        long since = batch.failingSince() == null ? now : batch.failingSince();
        if (MAY_BE_AN_ITEM.contains(code) && batch.items().size() > 1) {
            LOG.warn("downstream {}: a batch was refused, and is posted again in two parts, to find what is wrong with it: {}", batch.target(),
                    reason.brief());
            outbox.settle(batch, transaction -> outbox.part(transaction, batch));
            return;
        }
        OptionalLong next = WORTH_A_RETRY.contains(code) || code >= 500 ? downstream.retry().next(batch.attempts() + 1, since, now, asked)
                : OptionalLong.empty();
        if (next.isPresent()) {
            LOG.warn("downstream {}: failure {}, next try at {}: {}", batch.target(), batch.attempts() + 1, java.time.Instant.ofEpochMilli(next.getAsLong()),
                    reason.brief());
            meters.retried(batch);
            // Another call may have found it down meanwhile, and made all that waited for a retry wait for it.
            outbox.settle(batch, transaction -> outbox.retry(transaction, batch,
                    circuits.of(batch.target()).isShut() ? transaction.now() : next.getAsLong(), since));
        } else {
            LOG.error("downstream {}: given up after {} tries, kept as a dead letter: {}", batch.target(), batch.attempts() + 1, reason.brief());
            meters.givenUp(batch, WORTH_A_RETRY.contains(code) || code >= 500 ? "retry" : "refused");
            outbox.settle(batch, transaction -> outbox.giveUp(transaction, batch, batch.items(), reason, null));
        }
    }
}
