-- infobip-sms-bridge routes 2
-- A row in nobody's hand, or in this bridge's, which has taken it out of its memory. What is in a call, or in another bridge's hands, stays.
DELETE FROM outbox
 WHERE id = :id
   AND (lease_until <= :now OR owner = :owner)
RETURNING lane, grouping, attempts, failing_since, request_id, received_at, payload_id
