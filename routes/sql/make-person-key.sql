-- infobip-sms-bridge routes 2
-- Of bridges that share a database, the first one's stays.
INSERT INTO person_key (id, secret, made_at) VALUES (1, :secret, :now) ON CONFLICT (id) DO NOTHING
