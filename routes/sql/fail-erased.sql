-- infobip-sms-bridge routes 2
-- A message that was taken out of the outbox before it was sent. A report that came all the same stays.
UPDATE message SET state = 'failed', stage = 3, reason = 'ERASED_BEFORE_SENDING', ended_at = :now WHERE id = :id AND stage = 0
