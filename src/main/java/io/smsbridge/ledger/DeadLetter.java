package io.smsbridge.ledger;

/**
 * What was given up, or could not be read.
 *
 * @param queue         sends, events or webhooks
 * @param target        the account, the downstream, or the kind of webhook
 * @param notReplayable why it can't be; null where it can
 * @param body          items as a JSON array; of a webhook, its body as it came
 */
public record DeadLetter(String id, String queue, String target, String account, String reason, int attempts, long firstFailedAt, long lastFailedAt,
        int items, int lane, String grouping, String requestId, long receivedAt, String notReplayable, byte[] body) {
}
