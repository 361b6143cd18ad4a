-- Unfinished forms of the console, for whoever began them.
--
-- `answers` is a JSON map from field to values. `at` is when the last was given, in microseconds since
-- the epoch; a draft goes some hours after it.

CREATE TABLE drafts (
    id          TEXT PRIMARY KEY,
    person      TEXT NOT NULL,
    flow        TEXT NOT NULL,
    answers     TEXT NOT NULL,
    at          BIGINT NOT NULL
);
CREATE INDEX drafts_by_age ON drafts (at);
CREATE INDEX drafts_of_person ON drafts (person, at);
