-- infobip-sms-bridge routes 2
-- A new caller; one of this name stays as it is.
INSERT INTO caller (name, accounts, networks, requests_per_second, recipients_per_second, created_at)
VALUES (:name, :accounts, :networks, :requestsPerSecond, :recipientsPerSecond, :now)
ON CONFLICT (name) DO NOTHING
