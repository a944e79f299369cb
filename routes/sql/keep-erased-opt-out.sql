-- infobip-sms-bridge routes 2
-- An opt-out survives the erasure of its number, under the number's keyed hash.
INSERT INTO consent (account, recipient, opted_out, word, changed_at)
SELECT account, :erased, 1, word, changed_at FROM consent WHERE recipient = :recipient AND opted_out = 1
ON CONFLICT (account, recipient) DO UPDATE SET
  word = excluded.word,
  changed_at = excluded.changed_at
WHERE excluded.changed_at >= consent.changed_at
