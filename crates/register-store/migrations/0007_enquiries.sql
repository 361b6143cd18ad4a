-- Threads of mail with shared mailboxes, and how far each gate's record was read for them.
--
-- `message` is the SHA-256 of a Message-ID, in hexadecimal: enough to know the message again that a
-- later one answers. `entry` is the first of a record that was not looked at yet.

CREATE TABLE enquiry_messages (
    mailbox     TEXT NOT NULL,
    message     TEXT NOT NULL,
    enquiry     TEXT NOT NULL,
    PRIMARY KEY (mailbox, message)
);
CREATE INDEX enquiry_messages_of ON enquiry_messages (enquiry);

CREATE TABLE records_read (
    record      TEXT PRIMARY KEY,
    entry       BIGINT NOT NULL
);
