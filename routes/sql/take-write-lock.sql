-- infobip-sms-bridge routes 2
-- Changes nothing. SQLite lets one process write at a time, and this waits for its turn; the driver's own BEGIN takes it only with the first write.
UPDATE caller SET name = name WHERE FALSE
