-- infobip-sms-bridge routes 2
-- One small step: a long delete would hold up everybody else who writes.
DELETE FROM message
 WHERE seq IN (SELECT seq FROM message WHERE recorded_at < :before ORDER BY recorded_at LIMIT 500)
