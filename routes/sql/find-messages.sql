-- infobip-sms-bridge routes 1
SELECT id, account, client_id, state, stage, operator_at, recorded_by, replayed_at
  FROM message
 WHERE id IN (:#in:ids)
