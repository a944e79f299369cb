-- infobip-sms-bridge routes 1
INSERT INTO payload (id, body) VALUES (:id, :body)
