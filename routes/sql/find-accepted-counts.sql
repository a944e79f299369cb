-- infobip-sms-bridge routes 2
-- How many messages to one number were accepted lately; by account, as the primary key finds them so.
SELECT name, starts_at, ends_at, accepted
  FROM accepted_count
 WHERE kind = 'recipient'
   AND name = :account
   AND recipient = :recipient
 ORDER BY starts_at
