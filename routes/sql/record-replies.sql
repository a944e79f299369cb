-- infobip-sms-bridge routes 1
-- Replies, each with the message it answers: the latest sent to its writer from the number written to, or else from the account. Some
-- writers' numbers have a second form; writerAlso is it, or the first one again.
INSERT INTO event (id, type, message_id, happened_at, recorded_by, recorded_at)
VALUES (:#id, :#type,
        (SELECT sent.id
           FROM message sent
          WHERE sent.recipient IN (:#writer, :#writerAlso)
            AND sent.sent_at BETWEEN :#since AND :#until
            AND (sent.account = :#account OR '' = :#account)
          ORDER BY CASE WHEN sent.sender = :#number THEN 0 ELSE 1 END, sent.sent_at DESC
          LIMIT 1),
        :#happenedAt, :#recordedBy, :#now)
ON CONFLICT (id) DO NOTHING
