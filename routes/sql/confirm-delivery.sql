-- infobip-sms-bridge routes 2
-- The handset confirms what the operator had confirmed: it is the end of the message, but nothing new to tell.
UPDATE message
   SET stage = 3,
       operator_at = ended_at,
       ended_at = :endedAt,
       reason = :reason
 WHERE id = :id
   AND stage = 2
   AND state = 'delivered'
