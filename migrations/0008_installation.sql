-- What tells this archive from every other: the ids of the feeds that go out are made with it. An archive that had told
-- of something before keeps the ids that feed readers know: those up to `plain_until` are made without it.
CREATE TABLE installation (
    only        INTEGER PRIMARY KEY CHECK (only = 1),
    id          TEXT NOT NULL,
    plain_until INTEGER NOT NULL
) STRICT;
INSERT INTO installation (only, id, plain_until)
    VALUES (1, lower(hex(randomblob(16))), coalesce((SELECT max(at) FROM event), 0));
