-- infobip-sms-bridge routes 2
SELECT secret FROM person_key WHERE id = 1
