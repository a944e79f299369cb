-- infobip-sms-bridge routes 1
-- A replayed message, as its dead letter left it, belongs to the replay from now on, and what had failed is queued again. One that was
-- reported on since the call was given up stays as it is.
UPDATE message
   SET recorded_by = :#recordedBy,
       replayed_at = CASE WHEN state = 'failed' THEN :#now ELSE replayed_at END,
       ended_at = CASE WHEN state = 'failed' THEN NULL ELSE ended_at END,
       reason = CASE WHEN state = 'failed' THEN NULL ELSE reason END,
       stage = CASE WHEN state = 'failed' THEN 0 ELSE stage END,
       state = CASE WHEN state = 'failed' THEN 'queued' ELSE state END
 WHERE id = :#id
   AND recorded_by = :#replayOf
