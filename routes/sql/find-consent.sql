-- infobip-sms-bridge routes 2
-- The word written last counts: under the number, or under its hash where it was erased.
SELECT opted_out
  FROM consent
 WHERE account = :account
   AND recipient IN (:recipient, :erased)
 ORDER BY changed_at DESC, opted_out DESC
 LIMIT 1
