-- infobip-sms-bridge routes 2
-- The messages to a number, and what happened to each.
SELECT message.id, message.client_id, message.account, message.sender, message.recipient, message.caller, message.bulk_id, message.state,
       message.reason, message.queued_at, message.sent_at, message.operator_at, message.ended_at, message.recorded_at, event.type,
       event.happened_at, event.reason AS event_reason
  FROM message
  LEFT JOIN event ON event.message_id = message.id
 WHERE message.recipient = :recipient
 ORDER BY message.recorded_at, message.id, event.happened_at
