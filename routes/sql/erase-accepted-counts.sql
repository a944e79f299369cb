-- infobip-sms-bridge routes 2
-- By account, as the primary key finds them so.
DELETE FROM accepted_count WHERE kind = 'recipient' AND name = :account AND recipient = :recipient
