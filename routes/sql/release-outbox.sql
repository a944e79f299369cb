-- infobip-sms-bridge routes 1
UPDATE outbox SET owner = NULL, lease_until = 0 WHERE id = :id
