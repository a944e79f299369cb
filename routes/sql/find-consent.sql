-- infobip-sms-bridge routes 1
SELECT opted_out FROM consent WHERE account = :account AND recipient = :recipient
