-- infobip-sms-bridge routes 2
-- A recipient beyond a limit, found so in the transaction that would have accepted it: sent again later, it is no duplicate.
DELETE FROM message WHERE seq = :seq
