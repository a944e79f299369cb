-- infobip-sms-bridge routes 2
-- For whom something waits that is in nobody's hand, and from when on.
SELECT queue, target, lane, MIN(due_at)
  FROM outbox
 WHERE lease_until <= :now
 GROUP BY queue, target, lane
