-- infobip-sms-bridge routes 2
-- What had failed by being given up is queued again. A message that was reported on meanwhile stays as it is.
UPDATE message
   SET state = 'queued',
       stage = 0,
       ended_at = NULL,
       reason = NULL,
       dead_letter = NULL,
       replayed_at = :now
 WHERE id = :id
   AND dead_letter = :letter
   AND state = 'failed'
