-- People, posts and matters, the event each change leaves, and what follows for others.
--
-- One text for SQLite and PostgreSQL: BIGINT, TEXT, BYTEA and DOUBLE PRECISION columns only. Times
-- are microseconds since the epoch. A `body` is JSON as the crate `matters` writes it.

-- One row. Whoever changes anything takes this row first, so changes stand in one order and event
-- numbers have no gaps.
CREATE TABLE register_head (
    id          BIGINT PRIMARY KEY CHECK (id = 1),
    seq         BIGINT NOT NULL,
    shipped     BIGINT NOT NULL,
    fact_format BIGINT NOT NULL
);
INSERT INTO register_head (id, seq, shipped, fact_format) VALUES (1, 0, 0, 0);

-- The outbox: what the journal is to hear, by number.
CREATE TABLE events (
    seq         BIGINT PRIMARY KEY,
    at          BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    matter      TEXT NOT NULL,
    subject     TEXT NOT NULL,
    body        TEXT NOT NULL,
    detail      TEXT
);
CREATE INDEX events_of_matter ON events (matter, seq);

CREATE TABLE people (
    id          TEXT PRIMARY KEY,
    changed_at  BIGINT NOT NULL,
    body        TEXT NOT NULL
);

CREATE TABLE units (
    id          TEXT PRIMARY KEY,
    changed_at  BIGINT NOT NULL,
    body        TEXT NOT NULL
);

-- `unit` is empty for a post of the whole council.
CREATE TABLE post_holdings (
    post        TEXT NOT NULL,
    unit        TEXT NOT NULL,
    person      TEXT NOT NULL,
    from_at     BIGINT NOT NULL,
    body        TEXT NOT NULL,
    PRIMARY KEY (post, unit, person, from_at)
);

CREATE TABLE post_delegations (
    reference   TEXT PRIMARY KEY,
    body        TEXT NOT NULL
);

-- `is_over` is 1 once nothing more can happen, `remembered` if it then still says something of its
-- subject. `about` is what lists of this kind are narrowed by. `fact` is what others have to know of
-- it: it follows from the body, is a tenth of it, and is what a starting process reads.
CREATE TABLE matters (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    state       TEXT NOT NULL,
    is_over     BIGINT NOT NULL,
    remembered  BIGINT NOT NULL,
    about       TEXT NOT NULL,
    version     BIGINT NOT NULL,
    due_at      BIGINT,
    opened_at   BIGINT NOT NULL,
    changed_at  BIGINT NOT NULL,
    fact        TEXT,
    body        TEXT NOT NULL
);
CREATE INDEX matters_of_person ON matters (subject, kind, is_over);
CREATE INDEX matters_in_state ON matters (kind, state, opened_at);
CREATE INDEX matters_with_fact ON matters (subject) WHERE fact IS NOT NULL;
CREATE INDEX matters_remembered ON matters (kind, subject) WHERE remembered = 1;
CREATE INDEX matters_due ON matters (due_at) WHERE is_over = 0 AND due_at IS NOT NULL;

-- People beside the subject whose leaving or moving a matter depends on.
CREATE TABLE matter_people (
    matter      TEXT NOT NULL REFERENCES matters (id),
    person      TEXT NOT NULL,
    PRIMARY KEY (matter, person)
);
CREATE INDEX matters_naming ON matter_people (person);

-- `post` is empty for a notice to one person; `person` is empty while nobody holds the post.
CREATE TABLE notices (
    seq         BIGINT NOT NULL REFERENCES events (seq),
    n           BIGINT NOT NULL,
    person      TEXT NOT NULL,
    post        TEXT NOT NULL,
    notice      TEXT NOT NULL,
    matter      TEXT NOT NULL,
    at          BIGINT NOT NULL,
    seen_at     BIGINT,
    PRIMARY KEY (seq, n)
);
CREATE INDEX notices_of_person ON notices (person, seq);

CREATE TABLE tasks (
    id          TEXT PRIMARY KEY,
    seq         BIGINT NOT NULL REFERENCES events (seq),
    matter      TEXT NOT NULL,
    subject     TEXT NOT NULL,
    task        TEXT NOT NULL,
    service     TEXT NOT NULL,
    post        TEXT NOT NULL,
    opened_at   BIGINT NOT NULL,
    finished_at BIGINT,
    finished_by TEXT NOT NULL
);
CREATE INDEX tasks_of_post ON tasks (post, seq);
CREATE INDEX tasks_of_matter ON tasks (matter);
