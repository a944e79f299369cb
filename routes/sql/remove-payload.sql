-- infobip-sms-bridge routes 2
-- The last one who waited for it is gone.
DELETE FROM payload
 WHERE id = :id
   AND NOT EXISTS (SELECT 1 FROM outbox WHERE payload_id = :id)
