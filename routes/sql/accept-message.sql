-- infobip-sms-bridge routes 2
-- A recipient of a send request. One whose id is there was accepted before, and its row stays as it is.
INSERT INTO message (seq, id, account, client_id, sender, recipient, caller, state, stage, queued_at, recorded_at)
VALUES (:seq, :id, :account, :clientId, :sender, :recipient, :caller, 'queued', 0, :now, :now)
ON CONFLICT (id) DO NOTHING
