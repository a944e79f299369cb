-- infobip-sms-bridge routes 2
-- The settings have a token now: the one that was made is taken a while longer, for what is under way.
UPDATE webhook_token SET retired_at = :now WHERE retired_at IS NULL
