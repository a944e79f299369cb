-- infobip-sms-bridge routes 2
-- Infobip has accepted all messages of a call.
UPDATE message
   SET state = 'sent',
       stage = 1,
       sent_at = :now,
       bulk_id = :bulkId
 WHERE seq BETWEEN :firstSeq AND :lastSeq
   AND stage = 0
