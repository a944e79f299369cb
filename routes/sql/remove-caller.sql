-- infobip-sms-bridge routes 2
DELETE FROM caller WHERE name = :name
