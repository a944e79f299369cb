-- infobip-sms-bridge routes 2
-- Before a replayed message is queued again: that it had failed, when and why, and that it is replayed. Cast, as PostgreSQL takes a selected
-- parameter for text.
INSERT INTO event (id, type, message_id, happened_at, recorded_at, reason)
SELECT message.id || ':failed:' || message.ended_at, 'failed', message.id, message.ended_at, CAST(:now AS BIGINT), message.reason
  FROM message
 WHERE message.id = :id
   AND message.dead_letter = :letter
   AND message.state = 'failed'
 UNION ALL
SELECT message.id || ':replayed:' || message.ended_at, 'replayed', message.id, CAST(:now AS BIGINT), CAST(:now AS BIGINT), NULL
  FROM message
 WHERE message.id = :id
   AND message.dead_letter = :letter
   AND message.state = 'failed'
ON CONFLICT (id) DO NOTHING
