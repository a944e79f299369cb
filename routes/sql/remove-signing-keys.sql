-- infobip-sms-bridge routes 2
DELETE FROM signing_key WHERE period < :period
