-- Notices by mail: which are to be handed to a mail server, and what came of each.
--
-- `mail_due_at` is empty once there is nothing to do, as for all notices from before. `mail` is empty
-- until then, and then `sent`, `none` or `given-up`; `mail_why` is what the server or we said last,
-- `mail_at` when.

ALTER TABLE notices ADD COLUMN mail_due_at BIGINT;
ALTER TABLE notices ADD COLUMN mail TEXT NOT NULL DEFAULT '';
ALTER TABLE notices ADD COLUMN mail_tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE notices ADD COLUMN mail_why TEXT NOT NULL DEFAULT '';
ALTER TABLE notices ADD COLUMN mail_at BIGINT;
CREATE INDEX notices_to_mail ON notices (mail_due_at) WHERE mail_due_at IS NOT NULL;
CREATE INDEX notices_given_up ON notices (mail_at) WHERE mail = 'given-up';

-- Who wants fewer of them by mail. Whoever is not here gets all.
CREATE TABLE notice_choices (
    person      TEXT PRIMARY KEY,
    choice      TEXT NOT NULL,
    changed_at  BIGINT NOT NULL
);
