-- infobip-sms-bridge routes 2
-- By what the callers are known; not what has expired.
SELECT id, caller, hash, created_at, expires_at FROM caller_credential WHERE expires_at IS NULL OR expires_at > :now ORDER BY created_at, id
