-- What each person used, for their own eyes: figures by month, and their latest calls and print jobs.
--
-- It follows a gate's record and can be made from it again. `month` is `2026-03`, by the clock of the
-- council. `action` is empty for what is in no report: permitted, private, on a confidential route.
-- `millionths` are of a pound. `other` is the number or the printer, as the record has it; `parts` are
-- entries that tell more of a job, with spaces between.

CREATE TABLE own_figures (
    person      TEXT NOT NULL,
    month       TEXT NOT NULL,
    channel     TEXT NOT NULL,
    action      TEXT NOT NULL,
    n           BIGINT NOT NULL,
    bytes       BIGINT NOT NULL,
    seconds     BIGINT NOT NULL,
    pages       BIGINT NOT NULL,
    millionths  BIGINT NOT NULL,
    PRIMARY KEY (person, month, channel, action)
);
CREATE INDEX own_figures_by_month ON own_figures (month);

CREATE TABLE own_acts (
    record      TEXT NOT NULL,
    entry       BIGINT NOT NULL,
    person      TEXT NOT NULL,
    at          BIGINT NOT NULL,
    channel     TEXT NOT NULL,
    action      TEXT NOT NULL,
    other       TEXT NOT NULL,
    seconds     BIGINT NOT NULL,
    pages       BIGINT NOT NULL,
    millionths  BIGINT NOT NULL,
    parts       TEXT NOT NULL,
    is_private  BIGINT NOT NULL,
    declared_at BIGINT,
    PRIMARY KEY (record, entry)
);
CREATE INDEX own_acts_of ON own_acts (person, at);
CREATE INDEX own_acts_by_time ON own_acts (at);

CREATE TABLE own_use_read (
    record      TEXT PRIMARY KEY,
    entry       BIGINT NOT NULL
);
