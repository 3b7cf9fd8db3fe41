-- The store, first step. Times are milliseconds since 1970 in UTC; hashes are blobs; JSON is text.
-- Every table is STRICT. Large blobs (contents, pages) stand in tables of their own, so that lists read few pages.

-- What is polled, and how it fares. One row a [[source]] of the config; rows of sources that left it stay (enabled = 0).
CREATE TABLE source (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    url           TEXT NOT NULL,
    kind          TEXT NOT NULL,
    content       TEXT NOT NULL DEFAULT 'page' CHECK (content IN ('page', 'feed')),
    enabled       INTEGER NOT NULL DEFAULT 1,
    etag          TEXT,
    last_modified TEXT,
    ttl_s         INTEGER,
    moved_to      TEXT,
    first_poll    INTEGER,
    last_poll     INTEGER,
    last_success  INTEGER,
    next_poll     INTEGER,
    health        TEXT NOT NULL DEFAULT 'ok' CHECK (health IN ('ok', 'failing', 'parked')),
    failing_since INTEGER,
    streak        INTEGER NOT NULL DEFAULT 0,
    last_error    TEXT,
    entries       INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- One publisher's page. `story` is never null: an article without copies is a story of one.
CREATE TABLE article (
    id             INTEGER PRIMARY KEY,
    source         TEXT NOT NULL,
    url            TEXT NOT NULL,
    canonical      TEXT NOT NULL,
    site           TEXT NOT NULL,
    story          INTEGER NOT NULL,
    title          TEXT,
    authors        TEXT NOT NULL DEFAULT '[]',
    published      TEXT,
    language       TEXT,
    status         TEXT NOT NULL DEFAULT 'live' CHECK (status IN ('live', 'gone', 'moved')),
    first_seen     INTEGER NOT NULL,
    last_checked   INTEGER NOT NULL,
    last_change    INTEGER,
    next_check     INTEGER,
    revisions      INTEGER NOT NULL,
    backlog        INTEGER NOT NULL DEFAULT 0,
    exact          INTEGER NOT NULL,
    elsewhere      TEXT,
    etag           TEXT,
    last_modified  TEXT,
    page_hash      BLOB,
    suspect        TEXT,
    suspect_since  INTEGER,
    suspect_hash   BLOB,
    gone_since     INTEGER,
    blocked_since  INTEGER,
    failures       INTEGER NOT NULL DEFAULT 0,
    last_error     TEXT,
    moved_into     INTEGER
) STRICT;
CREATE UNIQUE INDEX article_canonical ON article (canonical);
CREATE INDEX article_story  ON article (story);
CREATE INDEX article_exact  ON article (exact);
CREATE INDEX article_source ON article (source, first_seen);
CREATE INDEX article_seen   ON article (first_seen);
CREATE INDEX article_due    ON article (next_check) WHERE next_check IS NOT NULL;
CREATE INDEX article_elsewhere ON article (elsewhere) WHERE elsewhere IS NOT NULL;

-- Every address an article answered to: a move keeps one history.
CREATE TABLE alias (
    url     TEXT PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES article (id),
    since   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX alias_article ON alias (article);

-- What sources list. `hash` tells an entry that was changed under the same id; it is `dirty` until its page was captured.
CREATE TABLE entry (
    source     TEXT NOT NULL,
    id         TEXT NOT NULL,
    url        TEXT,
    hash       INTEGER NOT NULL,
    article    INTEGER REFERENCES article (id),
    dirty      INTEGER NOT NULL DEFAULT 1,
    first_seen INTEGER NOT NULL,
    backlog    INTEGER NOT NULL DEFAULT 0,
    attempts   INTEGER NOT NULL DEFAULT 0,
    next_try   INTEGER,
    last_error TEXT,
    PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_article ON entry (article) WHERE article IS NOT NULL;

-- Every look at a page: cheap, apart from revisions. Runs of the same outcome are one row (`at` to `until`, `looks`).
CREATE TABLE observation (
    id       INTEGER PRIMARY KEY,
    article  INTEGER NOT NULL REFERENCES article (id),
    at       INTEGER NOT NULL,
    until    INTEGER NOT NULL,
    looks    INTEGER NOT NULL DEFAULT 1,
    outcome  TEXT NOT NULL,
    status   INTEGER,
    hash     BLOB,
    bytes    INTEGER,
    detail   TEXT
) STRICT;
CREATE INDEX observation_article ON observation (article, at);

-- Raw answers (headers and body), kept once a hash. `base` is the page that the zstd frame was compressed against.
CREATE TABLE page (
    id      INTEGER PRIMARY KEY,
    hash    BLOB NOT NULL UNIQUE,
    site    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    base    INTEGER REFERENCES page (id),
    bytes   INTEGER NOT NULL,
    data    BLOB NOT NULL
) STRICT;
CREATE INDEX page_site ON page (site, id) WHERE base IS NULL;
CREATE INDEX page_base ON page (base) WHERE base IS NOT NULL;

-- An article's normalized content at a moment. `content` is JSON in a zstd frame, compressed against the content of
-- revision `base` of the same article where that is not null. `hash` is the link of the SHA-256 chain.
CREATE TABLE revision (
    id            INTEGER PRIMARY KEY,
    article       INTEGER NOT NULL REFERENCES article (id),
    number        INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    url           TEXT NOT NULL,
    title         TEXT,
    base          INTEGER,
    content       BLOB NOT NULL,
    text_hash     BLOB NOT NULL,
    hash          BLOB NOT NULL,
    kinds         TEXT NOT NULL DEFAULT '[]',
    details       TEXT NOT NULL DEFAULT '[]',
    reasons       TEXT NOT NULL DEFAULT '[]',
    acknowledged  INTEGER NOT NULL DEFAULT 0,
    notice        TEXT,
    significance  REAL NOT NULL DEFAULT 0,
    added_words   INTEGER NOT NULL DEFAULT 0,
    removed_words INTEGER NOT NULL DEFAULT 0,
    change_hash   INTEGER NOT NULL DEFAULT 0,
    shown         INTEGER NOT NULL,
    flip_of       INTEGER,
    technical     INTEGER NOT NULL DEFAULT 0,
    extractor     INTEGER NOT NULL,
    made_from     TEXT NOT NULL DEFAULT 'page' CHECK (made_from IN ('page', 'feed', 'import')),
    page          INTEGER REFERENCES page (id),
    notes         TEXT NOT NULL DEFAULT '[]',
    UNIQUE (article, number)
) STRICT;
CREATE INDEX revision_at   ON revision (at);
CREATE INDEX revision_page ON revision (page) WHERE page IS NOT NULL;

-- Differences that a rule held back: they are no revisions, but nothing is hidden.
CREATE TABLE suppressed (
    article  INTEGER NOT NULL REFERENCES article (id),
    rule     TEXT NOT NULL,
    hash     BLOB NOT NULL,
    first_at INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    looks    INTEGER NOT NULL DEFAULT 1,
    added    TEXT NOT NULL DEFAULT '[]',
    removed  TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (article, rule, hash)
) STRICT, WITHOUT ROWID;

-- The copies of one text. A story that was merged away points to the one that took it.
CREATE TABLE story (
    id          INTEGER PRIMARY KEY,
    origin      INTEGER NOT NULL,
    confidence  REAL NOT NULL DEFAULT 1,
    reason      TEXT NOT NULL DEFAULT '',
    created     INTEGER NOT NULL,
    merged_into INTEGER REFERENCES story (id)
) STRICT;

-- Why an article is in its story; `manual` is a person's word, which stays.
CREATE TABLE member (
    article    INTEGER PRIMARY KEY REFERENCES article (id),
    copied     INTEGER REFERENCES article (id),
    relation   TEXT NOT NULL,
    confidence REAL NOT NULL,
    evidence   TEXT NOT NULL DEFAULT '{}',
    manual     INTEGER NOT NULL DEFAULT 0,
    at         INTEGER NOT NULL
) STRICT;

-- Stories that a person has set apart; the smaller id first.
CREATE TABLE apart (
    a  INTEGER NOT NULL,
    b  INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (a, b)
) STRICT, WITHOUT ROWID;

-- The index of similar texts: a key is shared by texts that have a band of their fingerprints in common. The rows are
-- small and many, so the table is its own index and the keys are 32 bits of the band.
CREATE TABLE band (
    key     INTEGER NOT NULL,
    article INTEGER NOT NULL,
    PRIMARY KEY (key, article)
) STRICT, WITHOUT ROWID;

-- What each topic finds in the newest revision,
CREATE TABLE topic_match (
    article  INTEGER NOT NULL REFERENCES article (id),
    topic    TEXT NOT NULL,
    revision INTEGER NOT NULL,
    score    REAL NOT NULL,
    evidence TEXT NOT NULL,
    since    INTEGER NOT NULL,
    PRIMARY KEY (article, topic)
) STRICT, WITHOUT ROWID;
CREATE INDEX topic_match_topic ON topic_match (topic, since);

-- and when an article entered and left it.
CREATE TABLE topic_change (
    article    INTEGER NOT NULL REFERENCES article (id),
    topic      TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    transition TEXT NOT NULL CHECK (transition IN ('entered', 'strengthened', 'left')),
    score      REAL NOT NULL,
    PRIMARY KEY (article, topic, revision)
) STRICT, WITHOUT ROWID;
CREATE INDEX topic_change_topic ON topic_change (topic, at);

-- What was told. What is told once a story is asked through the article's story, so that a merge needs no change here.
CREATE TABLE told (
    article     INTEGER NOT NULL REFERENCES article (id),
    topic       TEXT NOT NULL,
    kind        TEXT NOT NULL,
    revision    INTEGER NOT NULL,
    change_hash INTEGER NOT NULL DEFAULT 0,
    at          INTEGER NOT NULL,
    PRIMARY KEY (article, topic, kind, revision)
) STRICT, WITHOUT ROWID;

-- Events as they are told, whole.
CREATE TABLE event (
    id           INTEGER PRIMARY KEY,
    kind         TEXT NOT NULL,
    at           INTEGER NOT NULL,
    topics       TEXT NOT NULL,
    article      INTEGER,
    story        INTEGER,
    significance REAL NOT NULL,
    data         TEXT NOT NULL
) STRICT;
CREATE INDEX event_at      ON event (at);
CREATE INDEX event_article ON event (article) WHERE article IS NOT NULL;

-- The outbox. `id` is the webhook-id: minted at insert, never again.
CREATE TABLE delivery (
    seq         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    channel     TEXT NOT NULL,
    kind        TEXT NOT NULL,
    article     INTEGER,
    state       TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
    due         INTEGER NOT NULL,
    lease_until INTEGER,
    attempts    INTEGER NOT NULL DEFAULT 0,
    last_error  TEXT,
    created     INTEGER NOT NULL,
    settled     INTEGER
) STRICT;
CREATE INDEX delivery_due   ON delivery (due) WHERE state = 'pending';
CREATE INDEX delivery_order ON delivery (channel, article, seq) WHERE state = 'pending';

CREATE TABLE delivery_event (
    delivery INTEGER NOT NULL REFERENCES delivery (seq),
    position INTEGER NOT NULL,
    event    INTEGER NOT NULL REFERENCES event (id),
    PRIMARY KEY (delivery, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_event_event ON delivery_event (event);

-- Recipients of a mail that were served, or refused for good: a delivery tried again goes to the others only.
CREATE TABLE delivery_recipient (
    delivery  INTEGER NOT NULL REFERENCES delivery (seq) ON DELETE CASCADE,
    recipient TEXT NOT NULL,
    PRIMARY KEY (delivery, recipient)
) STRICT, WITHOUT ROWID;

-- Events that wait for their channel's digest.
CREATE TABLE digest_item (
    channel TEXT NOT NULL,
    event   INTEGER NOT NULL REFERENCES event (id),
    added   INTEGER NOT NULL,
    PRIMARY KEY (channel, event)
) STRICT, WITHOUT ROWID;

CREATE TABLE channel (
    id            TEXT PRIMARY KEY,
    closed        TEXT,
    closed_at     INTEGER,
    last_digest   INTEGER,
    last_success  INTEGER,
    failing_since INTEGER,
    failures      INTEGER NOT NULL DEFAULT 0,
    last_error    TEXT
) STRICT, WITHOUT ROWID;

-- Blocks that stand at the head or tail of a site's pages, and in how many of its articles.
CREATE TABLE learned (
    site     TEXT NOT NULL,
    hash     INTEGER NOT NULL,
    articles INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    PRIMARY KEY (site, hash)
) STRICT, WITHOUT ROWID;

-- Full text of the newest revisions; the row id is the article's.
CREATE VIRTUAL TABLE fts USING fts5 (title, text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2');
