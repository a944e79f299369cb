-- infobip-sms-bridge routes 2
-- What a caller has had so far ends at a time; what ends before, stays so.
UPDATE caller_credential SET expires_at = :expiresAt WHERE caller = :name AND (expires_at IS NULL OR expires_at > :expiresAt)
