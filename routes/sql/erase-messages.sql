-- infobip-sms-bridge routes 2
-- The row stays without the person: a repeat of the same id is not sent again, and a late report adds no new row with the number.
UPDATE message
   SET recipient = NULL,
       client_id = NULL,
       reason = CASE WHEN reason <> REPLACE(reason, :recipient, '') THEN NULL ELSE reason END
 WHERE recipient = :recipient
