-- infobip-sms-bridge routes 1
-- A send request's recipients. One whose id is there was accepted before, and its row stays as it is.
INSERT INTO message (id, account, client_id, sender, recipient, state, stage, queued_at, recorded_by, recorded_at)
VALUES (:#id, :#account, :#clientId, :#sender, :#recipient, 'queued', 0, :#now, :#recordedBy, :#now)
ON CONFLICT (id) DO NOTHING
