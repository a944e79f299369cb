-- infobip-sms-bridge routes 1
SELECT recipient
  FROM consent
 WHERE account = :#account
   AND opted_out = 1
   AND recipient IN (:#in:recipients)
