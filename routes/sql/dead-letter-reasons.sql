-- infobip-sms-bridge routes 2
SELECT queue, target, reason, COUNT(*) FROM dead_letter GROUP BY queue, target, reason
