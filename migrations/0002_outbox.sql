-- Channels go their own ways: each is leased for alone, and one that failed is left alone without touching its backlog.
ALTER TABLE channel ADD COLUMN held_until INTEGER;

DROP INDEX delivery_due;
CREATE INDEX delivery_free   ON delivery (channel, due, seq) WHERE state = 'pending' AND lease_until IS NULL;
CREATE INDEX delivery_leased ON delivery (channel, lease_until) WHERE state = 'pending' AND lease_until IS NOT NULL;

-- When a person last asked for it again: its age counts from then.
ALTER TABLE delivery ADD COLUMN asked INTEGER;

-- What was given up, until it was told of.
ALTER TABLE delivery ADD COLUMN told INTEGER;
CREATE INDEX delivery_untold ON delivery (channel, settled) WHERE state = 'failed' AND told IS NULL;
ALTER TABLE channel ADD COLUMN told_at INTEGER;

-- Who does not want a channel's mail any more: their own word, which outlasts the config's.
CREATE TABLE unsubscribed (
    channel   TEXT NOT NULL,
    recipient TEXT NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (channel, recipient)
) STRICT, WITHOUT ROWID;
