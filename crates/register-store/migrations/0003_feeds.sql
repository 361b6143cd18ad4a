-- Feeds about people: each run, what it set aside, whom it means, what clocks said, and what
-- connectors have to bring about.
--
-- The file of a run is kept beside the database, under its hash. Times are microseconds since the
-- epoch; flags are 0 or 1.

CREATE TABLE feed_runs (
    id          BIGINT PRIMARY KEY,
    feed        TEXT NOT NULL,
    sha256      TEXT NOT NULL,
    parser      BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    finished_at BIGINT,
    status      TEXT NOT NULL,
    added       BIGINT NOT NULL,
    changed     BIGINT NOT NULL,
    leaving     BIGINT NOT NULL,
    unchanged   BIGINT NOT NULL,
    repeated    BIGINT NOT NULL,
    quarantined BIGINT NOT NULL
);
CREATE INDEX feed_runs_of_feed ON feed_runs (feed, id);

CREATE TABLE feed_quarantine (
    run         BIGINT NOT NULL REFERENCES feed_runs (id),
    n           BIGINT NOT NULL,
    body        TEXT NOT NULL,
    PRIMARY KEY (run, n)
);

-- Whom a key of the feed's own means. `body` is what the feed said last.
CREATE TABLE feed_links (
    feed        TEXT NOT NULL,
    feed_key    TEXT NOT NULL,
    person      TEXT NOT NULL,
    account     TEXT NOT NULL,
    enabled     BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    first_at    BIGINT NOT NULL,
    changed_at  BIGINT NOT NULL,
    body        TEXT NOT NULL,
    PRIMARY KEY (feed, feed_key)
);
CREATE INDEX feed_links_of_person ON feed_links (person);

-- As received, never changed; `seq` is the order of receiving, `id` is a hash of what was said.
CREATE TABLE clockings (
    seq         BIGINT PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    person      TEXT NOT NULL,
    at          BIGINT NOT NULL,
    run         BIGINT NOT NULL REFERENCES feed_runs (id),
    body        TEXT NOT NULL
);
CREATE INDEX clockings_of_person ON clockings (person, at);

-- `due_at` is empty once it is done or given up.
CREATE TABLE deliveries (
    id          TEXT PRIMARY KEY,
    person      TEXT NOT NULL,
    service     TEXT NOT NULL,
    due_at      BIGINT,
    status      TEXT NOT NULL,
    body        TEXT NOT NULL
);
CREATE INDEX deliveries_due ON deliveries (due_at);
CREATE INDEX deliveries_of_person ON deliveries (person);
