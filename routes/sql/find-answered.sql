-- infobip-sms-bridge routes 2
-- The message that a reply answers: the latest sent to its writer from the number written to, or else from the account. Some writers'
-- numbers have a second form; writerAlso is it, or the first one again.
SELECT id, account, client_id
  FROM message
 WHERE recipient IN (:writer, :writerAlso)
   AND sent_at BETWEEN :since AND :until
   AND (account = :account OR :account = '')
 ORDER BY CASE WHEN sender = :number THEN 0 ELSE 1 END, sent_at DESC
 LIMIT 1
