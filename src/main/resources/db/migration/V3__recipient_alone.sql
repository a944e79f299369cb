-- With the time a message was sent at in this index, each change of a state wrote a random page of it; a person gets few messages in the
-- time that a reply looks back.
DROP INDEX message_recipient;
CREATE INDEX message_recipient ON message (recipient);
