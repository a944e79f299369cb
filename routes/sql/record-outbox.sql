-- infobip-sms-bridge routes 2
-- What waits for one account or downstream. A row that a bridge has in hand from the start has an owner.
INSERT INTO outbox (id, queue, target, lane, grouping, items, first_seq, last_seq, due_at, attempts, failing_since, request_id, received_at,
                    owner, lease_until, payload_id)
VALUES (:id, :queue, :target, :lane, :grouping, :items, :firstSeq, :lastSeq, :dueAt, :attempts, :failingSince, :requestId, :receivedAt,
        :owner, :leaseUntil, :payloadId)
