-- infobip-sms-bridge routes 1
-- What became of messages. A state is replaced by another one of a later stage only, so that a final one never changes. What became of
-- a call replaces no report.
INSERT INTO message (id, account, client_id, sender, recipient, bulk_id, state, stage, reason, sent_at, ended_at,
                     recorded_by, recorded_at)
VALUES (:#id, :#account, :#clientId, :#sender, :#recipient, :#bulkId, :#state, :#stage, :#reason, :#sentAt, :#endedAt,
        :#recordedBy, :#now)
ON CONFLICT (id) DO UPDATE SET
  state = excluded.state,
  stage = excluded.stage,
  reason = excluded.reason,
  bulk_id = COALESCE(message.bulk_id, excluded.bulk_id),
  sent_at = COALESCE(message.sent_at, excluded.sent_at),
  operator_at = CASE WHEN message.stage = 2 THEN message.ended_at ELSE message.operator_at END,
  ended_at = excluded.ended_at,
  recorded_by = excluded.recorded_by
WHERE message.stage <= :#replaces
  AND excluded.state <> message.state
