-- infobip-sms-bridge routes 2
-- STOP and START. The word written last counts, in whatever order they arrive.
INSERT INTO consent (account, recipient, opted_out, word, changed_at)
VALUES (:account, :recipient, :optedOut, :word, :changedAt)
ON CONFLICT (account, recipient) DO UPDATE SET
  opted_out = excluded.opted_out,
  word = excluded.word,
  changed_at = excluded.changed_at
WHERE excluded.changed_at >= consent.changed_at
