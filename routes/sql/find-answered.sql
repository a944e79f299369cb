-- infobip-sms-bridge routes 1
-- The message that a reply answers: the latest sent to its writer from the number written to, or else from the account.
SELECT id, account, client_id
  FROM message
 WHERE recipient = :writer
   AND sent_at BETWEEN :since AND :until
   AND (account = :account OR :account = '')
 ORDER BY CASE WHEN sender = :number THEN 0 ELSE 1 END, sent_at DESC
 LIMIT 1
