-- Keys that sign what leaves the house and comes back: the links that end a subscription.
CREATE TABLE signing_key (
    purpose TEXT PRIMARY KEY,
    key     BLOB NOT NULL
) STRICT, WITHOUT ROWID;
