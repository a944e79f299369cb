-- infobip-sms-bridge routes 2
SELECT opted_out FROM consent WHERE account = :account AND recipient = :recipient
