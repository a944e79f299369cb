-- infobip-sms-bridge routes 2
UPDATE outbox SET owner = NULL, lease_until = 0 WHERE id = :id
