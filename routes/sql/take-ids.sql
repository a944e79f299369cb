-- infobip-sms-bridge routes 2
-- Hands out the next :count ids: those before the number returned.
UPDATE id_block
   SET next_id = next_id + :count
 WHERE name = 'outbox'
RETURNING next_id
