-- What is kept about a person is shown, erased and forgotten. Both SQLite and PostgreSQL read this file. Times are epoch milliseconds.

-- The key of the hashes that opt-outs are kept under when their number has been erased.
CREATE TABLE person_key (
  id      SMALLINT NOT NULL PRIMARY KEY,     -- 1: there is one
  secret  TEXT     NOT NULL,                 -- 256 random bits, Base64
  made_at BIGINT   NOT NULL
);

-- A consent's recipient is a number, or erased: and the keyed hash of one.
CREATE INDEX consent_recipient ON consent (recipient);
CREATE INDEX consent_opted_in ON consent (changed_at) WHERE opted_out = 0;
CREATE INDEX dead_letter_age ON dead_letter (last_failed_at);
