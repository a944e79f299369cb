-- infobip-sms-bridge routes 1
SELECT id, account, client_id, state, stage, reason, replayed_at FROM message WHERE id = :id
