-- Copies that an archive of the web is asked to keep, one a revision: a queue beside everything else. `job` is a capture
-- under way there; `looks` counts how often its fate was asked.
CREATE TABLE wayback (
    id       INTEGER PRIMARY KEY,
    article  INTEGER NOT NULL REFERENCES article (id),
    revision INTEGER NOT NULL,
    url      TEXT NOT NULL,
    since    INTEGER NOT NULL,
    state    TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'kept', 'given up')),
    due      INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    job      TEXT,
    looks    INTEGER NOT NULL DEFAULT 0,
    asked    INTEGER,
    snapshot TEXT,
    reason   TEXT,
    UNIQUE (article, revision)
) STRICT;
CREATE INDEX wayback_due   ON wayback (due) WHERE state = 'pending';
CREATE INDEX wayback_asked ON wayback (asked) WHERE asked IS NOT NULL;
