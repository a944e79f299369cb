-- What the bridge has to remember. Both SQLite and PostgreSQL read this file. Times are epoch milliseconds.

-- A message sent through the bridge, or one that Infobip reported without the bridge having sent it.
CREATE TABLE message (
  id          TEXT     NOT NULL PRIMARY KEY, -- Infobip's messageId, which the bridge chooses
  account     TEXT,
  client_id   TEXT,                          -- the client's own id, meta in events
  sender      TEXT,                          -- digits or a name, without +
  recipient   TEXT,                          -- digits of the E.164 form
  bulk_id     TEXT,                          -- Infobip's id of the call
  state       TEXT     NOT NULL,             -- queued, sent, delivered or failed
  stage       SMALLINT NOT NULL,             -- 0 queued, 1 sent, 2 final; only a higher one replaces a state
  reason      TEXT,                          -- what Infobip, or the bridge, said of the state
  queued_at   BIGINT,
  sent_at     BIGINT,
  ended_at    BIGINT,
  recorded_by TEXT     NOT NULL,             -- the stored request that brought the state
  recorded_at BIGINT   NOT NULL
);
-- A reply looks for the latest message to its writer.
CREATE INDEX message_recipient ON message (recipient, sent_at);
-- A client's id can be longer than an index takes.
CREATE INDEX message_client_id ON message (substr(client_id, 1, 200));
CREATE INDEX message_recorded_at ON message (recorded_at);

-- What happened besides: replies, clicks, and reports of a message on its way.
CREATE TABLE event (
  id          TEXT   NOT NULL PRIMARY KEY,
  type        TEXT   NOT NULL,               -- replied, clicked or sent
  message_id  TEXT,                          -- the message it is about; of a reply, the one it answers
  happened_at BIGINT NOT NULL,
  recorded_by TEXT   NOT NULL,
  recorded_at BIGINT NOT NULL
);
CREATE INDEX event_message_id ON event (message_id);
CREATE INDEX event_recorded_at ON event (recorded_at);

-- Who has written STOP or START last. An opt-out is kept for good.
CREATE TABLE consent (
  account    TEXT     NOT NULL,
  recipient  TEXT     NOT NULL,
  opted_out  SMALLINT NOT NULL,              -- 1 or 0
  word       TEXT     NOT NULL,
  changed_at BIGINT   NOT NULL,
  PRIMARY KEY (account, recipient)
);
