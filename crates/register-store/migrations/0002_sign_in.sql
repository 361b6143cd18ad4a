-- Signing in: local accounts, sign-ins that hold, those half done, failures, tokens of programs.
--
-- What a browser or a program keeps is stored as its SHA-256 only.

-- `name` is folded. `earlier` is a JSON array of hashes, the newest first. `code` and `code_new` are
-- the sealed secret of an app that shows codes: in use, and waiting for its first code.
CREATE TABLE accounts (
    person      TEXT PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    hash        TEXT NOT NULL,
    earlier     TEXT NOT NULL,
    set_at      BIGINT NOT NULL,
    must_change BIGINT NOT NULL,
    disabled    BIGINT NOT NULL,
    code        TEXT,
    code_new    TEXT,
    code_step   BIGINT
);

-- `name` is what a sign-in is called in lists and events; it is not its secret.
CREATE TABLE sessions (
    digest           TEXT PRIMARY KEY,
    name             TEXT NOT NULL UNIQUE,
    person           TEXT NOT NULL,
    method           TEXT NOT NULL,
    signed_in_at     BIGINT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    seen_at          BIGINT NOT NULL,
    address          TEXT NOT NULL,
    agent            TEXT NOT NULL
);
CREATE INDEX sessions_of_person ON sessions (person, signed_in_at);
CREATE INDEX sessions_by_age ON sessions (signed_in_at);

-- A sign-in that waits for a code, a new password, or a provider's answer. `person` is empty while
-- nobody knows whose it will be.
CREATE TABLE sign_in_steps (
    digest      TEXT PRIMARY KEY,
    step        TEXT NOT NULL,
    person      TEXT NOT NULL,
    address     TEXT NOT NULL,
    body        TEXT NOT NULL,
    made_at     BIGINT NOT NULL,
    tries       BIGINT NOT NULL
);
CREATE INDEX sign_in_steps_by_age ON sign_in_steps (made_at);
CREATE INDEX sign_in_steps_of_address ON sign_in_steps (address);

-- `counted_for` is a keyed hash of the name tried or of the address it was tried from: what is typed
-- into a field for names may be a password.
CREATE TABLE sign_in_failures (
    counted_for TEXT PRIMARY KEY,
    n           BIGINT NOT NULL,
    last_at     BIGINT NOT NULL
);
CREATE INDEX sign_in_failures_by_age ON sign_in_failures (last_at);

-- Either `person` or `service` is empty. `scopes` is a JSON array.
CREATE TABLE api_tokens (
    digest      TEXT PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    person      TEXT NOT NULL,
    service     TEXT NOT NULL,
    label       TEXT NOT NULL,
    scopes      TEXT NOT NULL,
    made_at     BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    used_at     BIGINT
);
CREATE INDEX api_tokens_of_holder ON api_tokens (person, service);
