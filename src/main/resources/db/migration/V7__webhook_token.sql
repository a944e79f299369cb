-- The token that webhooks' URLs end with where the settings have none: bridges that share a database give out the same.
CREATE TABLE webhook_token (
  id         SMALLINT NOT NULL PRIMARY KEY,   -- 1: there is one at most
  token      TEXT     NOT NULL,
  made_at    BIGINT   NOT NULL,
  retired_at BIGINT                           -- since when the settings have one; null while they have none
);
