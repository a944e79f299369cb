-- infobip-sms-bridge routes 2
-- At the start of the only bridge: what it had in hand when it ended.
UPDATE outbox SET owner = NULL, lease_until = 0 WHERE lease_until > 0
