-- What waits: sends for an account, events for a downstream. Both SQLite and PostgreSQL read this file. Times are epoch milliseconds.

-- Items as a JSON array, once for all who wait for the same. An id comes from the process that writes it (see id_block).
CREATE TABLE payload (
  id   ${bigint} NOT NULL PRIMARY KEY,
  body BYTEA     NOT NULL
);

CREATE TABLE outbox (
  id            ${bigint} NOT NULL PRIMARY KEY,
  queue         TEXT     NOT NULL,            -- sends or events
  target        TEXT     NOT NULL,            -- the account or the downstream
  lane          SMALLINT NOT NULL,            -- 0 goes before 1
  grouping      TEXT     NOT NULL,            -- only rows of one grouping may share a call
  items         INTEGER  NOT NULL,
  first_seq     BIGINT   NOT NULL,            -- sends: the sequence numbers of its messages, both included
  last_seq      BIGINT   NOT NULL,
  due_at        BIGINT   NOT NULL,            -- not to be taken before
  attempts      INTEGER  NOT NULL,            -- failed so far
  failing_since BIGINT,
  request_id    TEXT,
  received_at   BIGINT   NOT NULL,
  owner         TEXT,                         -- the bridge that has it in hand, until lease_until
  lease_until   BIGINT   NOT NULL,
  payload_id    BIGINT   NOT NULL
);
CREATE INDEX outbox_due ON outbox (queue, target, lane, due_at);
CREATE INDEX outbox_payload ON outbox (payload_id);

-- What was given up, or could not be read.
CREATE TABLE dead_letter (
  id              TEXT     NOT NULL PRIMARY KEY,
  queue           TEXT     NOT NULL,          -- sends, events or webhooks
  target          TEXT     NOT NULL,          -- the account, the downstream, or the kind of webhook
  account         TEXT,
  reason          TEXT     NOT NULL,
  attempts        INTEGER  NOT NULL,
  first_failed_at BIGINT   NOT NULL,
  last_failed_at  BIGINT   NOT NULL,
  items           INTEGER  NOT NULL,
  lane            SMALLINT NOT NULL,
  grouping        TEXT     NOT NULL,
  request_id      TEXT,
  received_at     BIGINT   NOT NULL,
  not_replayable  TEXT,                       -- why; null where it can be replayed
  body            BYTEA    NOT NULL
);
CREATE INDEX dead_letter_queue ON dead_letter (queue, target, last_failed_at);

-- Ids are handed out in blocks, so that bridges that share a database never choose the same one.
CREATE TABLE id_block (
  name    TEXT   NOT NULL PRIMARY KEY,
  next_id BIGINT NOT NULL
);
INSERT INTO id_block (name, next_id) VALUES ('outbox', 1);

-- A message has a sequence number now, so that what became of a whole call is one statement. What is recorded with what is to be told of it
-- needs no name of the request that brought it.
CREATE TABLE message_with_seq (
  seq         ${bigint} NOT NULL PRIMARY KEY,
  id          TEXT     NOT NULL UNIQUE,      -- Infobip's messageId, which the bridge chooses
  account     TEXT,
  client_id   TEXT,                          -- the client's own id, meta in events
  sender      TEXT,                          -- digits or a name, without +
  recipient   TEXT,                          -- digits of the E.164 form
  bulk_id     TEXT,                          -- Infobip's id of the call
  state       TEXT     NOT NULL,             -- queued, sent, delivered or failed
  stage       SMALLINT NOT NULL,             -- 0 queued, 1 sent, 2 delivered to the operator, 3 final; only a higher one replaces a state
  reason      TEXT,                          -- what Infobip, or the bridge, said of the state
  queued_at   BIGINT,
  sent_at     BIGINT,
  ended_at    BIGINT,
  operator_at BIGINT,                        -- when it was delivered to the operator, where a later report has replaced that
  replayed_at BIGINT,                        -- when it was put back into the outbox after it had been given up; null for almost all
  dead_letter TEXT,                          -- the dead letter it lies in, where it was given up
  recorded_at BIGINT   NOT NULL
);
INSERT INTO message_with_seq (seq, id, account, client_id, sender, recipient, bulk_id, state, stage, reason, queued_at, sent_at, ended_at,
                              operator_at, replayed_at, recorded_at)
SELECT ROW_NUMBER() OVER (ORDER BY recorded_at, id), id, account, client_id, sender, recipient, bulk_id, state,
       stage, reason, queued_at, sent_at, ended_at, operator_at, replayed_at, recorded_at
  FROM message;
UPDATE id_block SET next_id = (SELECT COALESCE(MAX(seq), 0) + 1 FROM message_with_seq);
DROP TABLE message;
ALTER TABLE message_with_seq RENAME TO message;
CREATE INDEX message_recipient ON message (recipient);
CREATE INDEX message_client_id ON message (substr(client_id, 1, 200));
CREATE INDEX message_recorded_at ON message (recorded_at);
ALTER TABLE event DROP COLUMN recorded_by;
