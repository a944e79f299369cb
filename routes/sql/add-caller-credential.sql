-- infobip-sms-bridge routes 2
INSERT INTO caller_credential (id, caller, hash, created_at) VALUES (:id, :name, :hash, :now)
