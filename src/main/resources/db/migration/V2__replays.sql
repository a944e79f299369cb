-- A send that was given up, told as failed, and put back into its queue by somebody who handled its dead letter.
ALTER TABLE message ADD COLUMN replayed_at BIGINT; -- when; null for almost all
ALTER TABLE event ADD COLUMN reason TEXT;          -- of a failure that was not the end: an event of type failed, followed by one of type replayed
