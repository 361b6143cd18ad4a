-- What sign-ins said lately, to this console and to other systems, for as long as misuse is looked for in
-- it; and how far other systems' files were read.
--
-- `address` is empty where nobody knows it. `n` counts what was seen at one moment. `file` tells a file
-- from the one that takes its place (its inode), `place` is where reading goes on, in bytes.

CREATE TABLE sign_ins_seen (
    person      TEXT NOT NULL,
    system      TEXT NOT NULL,
    address     TEXT NOT NULL,
    succeeded   BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    n           BIGINT NOT NULL,
    PRIMARY KEY (person, succeeded, at, system, address)
);

CREATE TABLE files_followed (
    path        TEXT PRIMARY KEY,
    file        BIGINT NOT NULL,
    place       BIGINT NOT NULL
);
