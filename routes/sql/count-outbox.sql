-- infobip-sms-bridge routes 2
-- What waits, for whom, and since when.
SELECT queue, target, lane, SUM(items), SUM(CASE WHEN due_at > :now THEN items ELSE 0 END), MIN(received_at)
  FROM outbox
 GROUP BY queue, target, lane
