-- infobip-sms-bridge routes 2
-- Somebody whose number was erased has written again: the opt-out under the hash is replaced by what is recorded under the number.
DELETE FROM consent WHERE account = :account AND recipient = :erased AND changed_at <= :changedAt
