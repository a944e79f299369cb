-- infobip-sms-bridge routes 1
-- The handset confirms what the operator had confirmed: it is the end of the message, but nothing new to tell, so that whoever brought
-- the first report stays the one who did.
UPDATE message
   SET stage = :#stage,
       operator_at = ended_at,
       ended_at = :#endedAt,
       reason = :#reason
 WHERE id = :#id
   AND stage = 2
   AND state = :#state
