-- infobip-sms-bridge routes 2
-- Keeps a token for webhooks' URLs, where there is none yet; one that was retired is in use again.
INSERT INTO webhook_token (id, token, made_at, retired_at)
VALUES (1, :token, :now, NULL)
ON CONFLICT (id) DO UPDATE SET retired_at = NULL
