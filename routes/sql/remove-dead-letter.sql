-- infobip-sms-bridge routes 1
DELETE FROM dead_letter WHERE id = :id
