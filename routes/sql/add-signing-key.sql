-- infobip-sms-bridge routes 2
-- One for each period; of two bridges that make it, the first one's stays.
INSERT INTO signing_key (period, secret, created_at) VALUES (:period, :secret, :now) ON CONFLICT (period) DO NOTHING
