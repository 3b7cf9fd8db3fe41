-- What a feed's last full answer named: its hub, and its own address.
ALTER TABLE source ADD COLUMN hub TEXT;
ALTER TABLE source ADD COLUMN topic TEXT;

-- Subscriptions at hubs. `token` is the unguessable end of the callback's address; the hub signs with `secret`.
CREATE TABLE websub (
    token          TEXT PRIMARY KEY,
    source         TEXT NOT NULL,
    hub            TEXT NOT NULL,
    topic          TEXT NOT NULL,
    secret         TEXT NOT NULL,
    public_url     TEXT NOT NULL,
    wanted         INTEGER NOT NULL DEFAULT 1,
    asked          TEXT CHECK (asked IN ('subscribe', 'unsubscribe')),
    asked_until    INTEGER,
    verified       INTEGER NOT NULL DEFAULT 0,
    live_until     INTEGER,
    failures       INTEGER NOT NULL DEFAULT 0,
    last_error     TEXT,
    missed         INTEGER NOT NULL DEFAULT 0,
    due            INTEGER NOT NULL,
    last_push      INTEGER,
    UNIQUE (source, hub, topic)
) STRICT, WITHOUT ROWID;
CREATE INDEX websub_due ON websub (due);
