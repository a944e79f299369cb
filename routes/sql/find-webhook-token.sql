-- infobip-sms-bridge routes 2
-- The token made for webhooks' URLs, if there is one that is in use, or was after :since.
SELECT token FROM webhook_token WHERE retired_at IS NULL OR retired_at > :since
