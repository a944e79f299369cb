-- infobip-sms-bridge routes 2
DELETE FROM consent WHERE recipient = :recipient
