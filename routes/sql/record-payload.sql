-- infobip-sms-bridge routes 2
INSERT INTO payload (id, body) VALUES (:id, :body)
