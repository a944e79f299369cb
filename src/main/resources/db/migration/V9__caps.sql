-- How many recipients were accepted in a day or an hour, where a limit is set. Both SQLite and PostgreSQL read this file. Times are epoch
-- milliseconds.
CREATE TABLE accepted_count (
  kind      TEXT   NOT NULL,                 -- account or caller: in a day; recipient: in an hour
  name      TEXT   NOT NULL,                 -- the account or the caller
  recipient TEXT   NOT NULL,                 -- digits of the E.164 form; empty for account and caller
  starts_at BIGINT NOT NULL,
  ends_at   BIGINT NOT NULL,
  accepted  BIGINT NOT NULL,
  PRIMARY KEY (kind, name, recipient, starts_at)
);
CREATE INDEX accepted_count_ends_at ON accepted_count (ends_at);

ALTER TABLE caller ADD COLUMN recipients_per_day INTEGER NOT NULL DEFAULT 0;  -- 0: no limit
