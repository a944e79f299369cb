-- infobip-sms-bridge routes 2
-- The newest messages to a number, or, among the last :among messages, to one that ends so, and what happened to each. No index knows how
-- a number ends, and one that did would cost each message something.
SELECT message.id, message.client_id, message.account, message.sender, message.recipient, message.caller, message.bulk_id, message.state,
       message.reason, message.queued_at, message.sent_at, message.operator_at, message.ended_at, event.type, event.happened_at,
       event.reason AS event_reason
  FROM (SELECT seq FROM message WHERE recipient = :number
         UNION
        SELECT seq FROM (SELECT seq, recipient FROM message ORDER BY seq DESC LIMIT :among) AS newest WHERE recipient LIKE '%' || :number
         ORDER BY seq DESC
         LIMIT :limit) AS found
  JOIN message ON message.seq = found.seq
  LEFT JOIN event ON event.message_id = message.id
 ORDER BY message.seq DESC, event.happened_at
