-- infobip-sms-bridge routes 1
UPDATE outbox SET lease_until = :leaseUntil WHERE owner = :owner
