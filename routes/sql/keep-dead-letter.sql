-- infobip-sms-bridge routes 2
INSERT INTO dead_letter (id, queue, target, account, reason, attempts, first_failed_at, last_failed_at, items, lane, grouping, request_id,
                         received_at, not_replayable, body)
VALUES (:id, :queue, :target, :account, :reason, :attempts, :firstFailedAt, :lastFailedAt, :items, :lane, :grouping, :requestId,
        :receivedAt, :notReplayable, :body)
