-- infobip-sms-bridge routes 2
-- Who may call.
SELECT name, accounts, networks, requests_per_second, recipients_per_second, recipients_per_day, created_at FROM caller ORDER BY name
