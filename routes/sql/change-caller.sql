-- infobip-sms-bridge routes 2
-- What a caller may do, from now on.
UPDATE caller SET accounts = :accounts, networks = :networks, requests_per_second = :requestsPerSecond, recipients_per_second = :recipientsPerSecond,
                  recipients_per_day = :recipientsPerDay
 WHERE name = :name
