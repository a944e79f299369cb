SELECT id, account, client_id, state, stage, recorded_by, replayed_at
  FROM message
 WHERE id IN (:#in:ids)
