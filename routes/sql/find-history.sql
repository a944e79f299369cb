-- infobip-sms-bridge routes 2
-- The messages with this id, the bridge's own or the client's, and what happened to each.
SELECT message.id, message.client_id, message.account, message.sender, message.recipient, message.caller, message.bulk_id, message.state,
       message.reason, message.queued_at, message.sent_at, message.operator_at, message.ended_at, event.type, event.happened_at,
       event.reason AS event_reason
  FROM message
  LEFT JOIN event ON event.message_id = message.id
 WHERE message.id = :id
    OR (substr(message.client_id, 1, 200) = substr(:id, 1, 200) AND message.client_id = :id)
 ORDER BY message.recorded_at, message.id, event.happened_at
