-- infobip-sms-bridge routes 2
SELECT id, account, client_id, state, stage, reason, operator_at, replayed_at FROM message WHERE id = :id
