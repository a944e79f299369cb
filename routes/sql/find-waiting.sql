-- infobip-sms-bridge routes 2
-- What waits, a few rows at a time.
SELECT outbox.id, outbox.queue, outbox.target, payload.body
  FROM outbox
  JOIN payload ON payload.id = outbox.payload_id
 WHERE outbox.id > :after
 ORDER BY outbox.id
 LIMIT 20
