-- A delivery that the operator alone has confirmed is not the end: the handset's own report may still come, and say otherwise. It is a
-- stage of its own from now on: 0 queued, 1 sent, 2 delivered to the operator, 3 final.
ALTER TABLE message ADD COLUMN operator_at BIGINT; -- when it was delivered to the operator, where a later report has replaced that
UPDATE message SET stage = 3 WHERE stage = 2 AND (state <> 'delivered' OR reason IS NULL OR reason <> 'DELIVERED_TO_OPERATOR');
