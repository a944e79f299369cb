-- infobip-sms-bridge routes 2
SELECT body FROM payload WHERE id = :id
