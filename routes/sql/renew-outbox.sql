-- infobip-sms-bridge routes 2
UPDATE outbox SET lease_until = :leaseUntil WHERE owner = :owner
