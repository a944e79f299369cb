-- infobip-sms-bridge routes 2
-- A call failed: it may be taken again from then on, by whichever bridge comes first.
UPDATE outbox
   SET due_at = :dueAt,
       attempts = attempts + 1,
       failing_since = :failingSince,
       owner = NULL,
       lease_until = 0
 WHERE id = :id
