-- infobip-sms-bridge routes 2
-- Which dead letter a message that was given up lies in; a replay of that one takes the failure back.
UPDATE message SET dead_letter = :letter WHERE id = :id
