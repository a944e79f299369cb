-- infobip-sms-bridge routes 2
-- What became of a message. A state is replaced by another one of a later stage only, so that a final one never changes, and by none that
-- says the same. What became of a call replaces no report of its message.
INSERT INTO message (seq, id, account, client_id, sender, recipient, bulk_id, state, stage, reason, sent_at, ended_at, recorded_at)
VALUES (:seq, :id, :account, :clientId, :sender, :recipient, :bulkId, :state, :stage, :reason, :sentAt, :endedAt, :now)
ON CONFLICT (id) DO UPDATE SET
  state = excluded.state,
  stage = excluded.stage,
  reason = excluded.reason,
  bulk_id = COALESCE(message.bulk_id, excluded.bulk_id),
  sent_at = COALESCE(message.sent_at, excluded.sent_at),
  operator_at = CASE WHEN message.stage = 2 THEN message.ended_at ELSE message.operator_at END,
  ended_at = excluded.ended_at
WHERE message.stage <= :replaces
  AND excluded.state <> message.state
