-- infobip-sms-bridge routes 1
DELETE FROM outbox WHERE id = :id
