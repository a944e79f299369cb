-- infobip-sms-bridge routes 2
-- Dead letters, each queue's oldest first. An empty text chooses all.
SELECT id, queue, target, account, reason, attempts, first_failed_at, last_failed_at, items, lane, grouping, request_id, received_at,
       not_replayable, body
  FROM dead_letter
 WHERE (:id = '' OR id = :id)
   AND (:name = '' OR queue || '.' || target = :name)
   AND (:downstream = '' OR (queue = 'events' AND target = :downstream))
   AND (:account = '' OR account = :account)
   AND (:reason = '' OR reason <> REPLACE(reason, :reason, ''))
   AND last_failed_at >= :since
   AND last_failed_at < :until
   AND (:afterId = '' OR (queue, target, last_failed_at, id) > (:afterQueue, :afterTarget, :afterTime, :afterId))
 ORDER BY queue, target, last_failed_at, id
 LIMIT :limit
