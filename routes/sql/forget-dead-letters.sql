-- infobip-sms-bridge routes 2
-- One small step: a long delete would hold up everybody else who writes.
DELETE FROM dead_letter
 WHERE id IN (SELECT id FROM dead_letter WHERE last_failed_at < :before ORDER BY last_failed_at LIMIT 500)
