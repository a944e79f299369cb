-- infobip-sms-bridge routes 2
-- At the end of one of several bridges: what it has in hand.
UPDATE outbox SET owner = NULL, lease_until = 0 WHERE owner = :owner
