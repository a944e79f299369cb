-- infobip-sms-bridge routes 2
DELETE FROM outbox WHERE id = :id
