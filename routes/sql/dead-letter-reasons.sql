-- infobip-sms-bridge routes 1
SELECT queue, target, reason, COUNT(*) FROM dead_letter GROUP BY queue, target, reason
