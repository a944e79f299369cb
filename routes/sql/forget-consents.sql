-- infobip-sms-bridge routes 2
-- An opt-in says no more than no row at all. Opt-outs stay.
DELETE FROM consent
 WHERE (account, recipient) IN (SELECT account, recipient FROM consent WHERE opted_out = 0 AND changed_at < :before ORDER BY changed_at LIMIT 500)
