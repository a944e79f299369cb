-- infobip-sms-bridge routes 2
-- What waits for a retry far off waits for its target now, like all the rest.
UPDATE outbox
   SET due_at = :now
 WHERE queue = :queue
   AND target = :target
   AND due_at > :now
