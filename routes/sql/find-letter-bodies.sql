-- infobip-sms-bridge routes 2
-- Dead letters, a few at a time; or one by its id.
SELECT id, queue, target, reason, items, body
  FROM dead_letter
 WHERE id > :after
   AND (:id = '' OR id = :id)
 ORDER BY id
 LIMIT 20
