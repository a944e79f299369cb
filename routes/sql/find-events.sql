-- infobip-sms-bridge routes 1
-- Recorded events, each with the message it is about.
SELECT event.id, event.message_id, event.recorded_by, message.account, message.client_id
  FROM event
  LEFT JOIN message ON message.id = event.message_id
 WHERE event.id IN (:#in:ids)
