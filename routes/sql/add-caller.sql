-- infobip-sms-bridge routes 2
-- A new caller; one of this name stays as it is.
INSERT INTO caller (name, accounts, networks, requests_per_second, recipients_per_second, recipients_per_day, created_at)
VALUES (:name, :accounts, :networks, :requestsPerSecond, :recipientsPerSecond, :recipientsPerDay, :now)
ON CONFLICT (name) DO NOTHING
