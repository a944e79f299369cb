-- infobip-sms-bridge routes 2
SELECT COUNT(*)
  FROM dead_letter
 WHERE (:id = '' OR id = :id)
   AND (:name = '' OR queue || '.' || target = :name)
   AND (:downstream = '' OR (queue = 'events' AND target = :downstream))
   AND (:account = '' OR account = :account)
   AND (:reason = '' OR reason <> REPLACE(reason, :reason, ''))
   AND last_failed_at >= :since
   AND last_failed_at < :until
