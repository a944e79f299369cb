-- infobip-sms-bridge routes 2
-- Before the messages themselves: by them the events are found.
UPDATE event
   SET reason = NULL
 WHERE message_id IN (SELECT id FROM message WHERE recipient = :recipient)
   AND reason <> REPLACE(reason, :recipient, '')
