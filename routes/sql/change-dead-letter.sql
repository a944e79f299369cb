-- infobip-sms-bridge routes 2
-- What is left of a dead letter when one of several people in it was erased.
UPDATE dead_letter SET body = :body, items = :items, reason = :reason WHERE id = :id
