-- infobip-sms-bridge routes 2
DELETE FROM dead_letter WHERE id = :id
