-- infobip-sms-bridge routes 2
-- One small step, as in forget-events.
DELETE FROM accepted_count
 WHERE (kind, name, recipient, starts_at) IN (SELECT kind, name, recipient, starts_at FROM accepted_count WHERE ends_at < :before ORDER BY ends_at LIMIT 500)
