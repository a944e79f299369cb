-- Who may call: managed by the command caller, read again by running bridges every few seconds. Both SQLite and PostgreSQL read this file.
-- Times are epoch milliseconds.
CREATE TABLE caller (
  name                  TEXT    NOT NULL PRIMARY KEY,
  accounts              TEXT    NOT NULL,    -- those it may use, separated by commas; empty: all
  networks              TEXT    NOT NULL,    -- those it may call from, in CIDR form, separated by commas; empty: any
  requests_per_second   INTEGER NOT NULL,    -- 0: no limit
  recipients_per_second INTEGER NOT NULL,    -- 0: no limit
  created_at            BIGINT  NOT NULL
);

-- A caller has two while one replaces the other. A credential is 256 random bits, of which only the SHA-256 is kept.
CREATE TABLE caller_credential (
  id         TEXT   NOT NULL PRIMARY KEY,
  caller     TEXT   NOT NULL,
  hash       TEXT   NOT NULL,                -- SHA-256, in hexadecimal digits
  created_at BIGINT NOT NULL,
  expires_at BIGINT                          -- null: valid until it is replaced
);
CREATE INDEX caller_credential_caller ON caller_credential (caller);

-- Sign the tokens of POST /oauth/token. One for each period of 30 days, made before the period begins, so that bridges know it in time.
CREATE TABLE signing_key (
  period     BIGINT NOT NULL PRIMARY KEY,    -- epoch milliseconds / 30 days
  secret     TEXT   NOT NULL,                -- 256 random bits, Base64
  created_at BIGINT NOT NULL
);

ALTER TABLE message ADD COLUMN caller TEXT;  -- who sent it; null where anyone may send, and for what the bridge sends itself
