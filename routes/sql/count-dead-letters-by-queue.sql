-- infobip-sms-bridge routes 2
SELECT queue, target, COUNT(*), MIN(last_failed_at) FROM dead_letter GROUP BY queue, target
