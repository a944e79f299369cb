-- infobip-sms-bridge routes 2
-- From when on something waits for one target that is in nobody's hand. The index outbox_due finds it without reading the rest.
SELECT MIN(due_at) AS due_at
  FROM outbox
 WHERE queue = :queue
   AND target = :target
   AND lane = :lane
   AND lease_until <= :now
