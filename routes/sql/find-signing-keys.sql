-- infobip-sms-bridge routes 2
SELECT period, secret FROM signing_key
