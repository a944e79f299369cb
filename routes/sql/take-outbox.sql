-- infobip-sms-bridge routes 2
-- Takes the first rows that are due and in nobody's hand.
UPDATE outbox
   SET owner = :owner,
       lease_until = :leaseUntil
 WHERE id IN (SELECT id
                FROM outbox
               WHERE queue = :queue
                 AND target = :target
                 AND lane = :lane
                 AND due_at <= :now
                 AND lease_until <= :now
               ORDER BY due_at, id
               LIMIT :limit
               {{skip-locked}})
RETURNING id, grouping, items, first_seq, last_seq, attempts, failing_since, request_id, received_at, due_at, payload_id,
          (SELECT body FROM payload WHERE payload.id = outbox.payload_id) AS body
