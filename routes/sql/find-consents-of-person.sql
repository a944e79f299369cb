-- infobip-sms-bridge routes 2
SELECT account, recipient, opted_out, word, changed_at
  FROM consent
 WHERE recipient IN (:recipient, :erased)
 ORDER BY account, changed_at
