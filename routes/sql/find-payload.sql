-- infobip-sms-bridge routes 1
SELECT body FROM payload WHERE id = :id
