-- infobip-sms-bridge routes 2
-- One small step: a long delete would hold up everybody else who writes.
DELETE FROM event
 WHERE id IN (SELECT id FROM event WHERE recorded_at < :before ORDER BY recorded_at LIMIT 500)
