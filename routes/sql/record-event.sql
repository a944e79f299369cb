-- infobip-sms-bridge routes 2
-- Clicks, reports of messages on their way, and refusals at the door. One whose id is there was told before, and its row stays as it is.
INSERT INTO event (id, type, message_id, happened_at, recorded_at)
VALUES (:id, :type, :messageId, :happenedAt, :now)
ON CONFLICT (id) DO NOTHING
