-- infobip-sms-bridge routes 2
-- Takes back those that were counted, and refused.
UPDATE accepted_count SET accepted = accepted - :refused
 WHERE kind = :kind AND name = :name AND recipient = :recipient AND starts_at = :startsAt
