SELECT id, account, client_id, state, stage, recorded_by
  FROM message
 WHERE id IN (:#in:ids)
