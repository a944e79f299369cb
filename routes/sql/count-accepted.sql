-- infobip-sms-bridge routes 2
-- Counts :wanted more recipients, and gives the number with them. Another bridge that counts the same waits here for the commit.
INSERT INTO accepted_count (kind, name, recipient, starts_at, ends_at, accepted)
VALUES (:kind, :name, :recipient, :startsAt, :endsAt, :wanted)
ON CONFLICT (kind, name, recipient, starts_at) DO UPDATE SET accepted = accepted_count.accepted + excluded.accepted
RETURNING accepted
