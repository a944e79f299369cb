-- infobip-sms-bridge routes 2
DELETE FROM caller_credential WHERE caller = :name
