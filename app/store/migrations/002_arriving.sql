-- The way down: files of forms that are on their way, lists of the server as they came last.

-- A file of a form that is not in place yet. With pieces: what a broken link left, to be gone on
-- with. Without: whole, its bytes stand in content and wait for the rest of the form.
CREATE TABLE arriving (
    hash TEXT PRIMARY KEY,
    etag TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE arriving_piece (
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,
    bytes BLOB NOT NULL
) STRICT;
CREATE INDEX arriving_piece_hash ON arriving_piece (hash);

-- Form list and manifests with their entity tags: unchanged ones are not sent again.
CREATE TABLE remembered (
    address TEXT PRIMARY KEY,
    etag TEXT NOT NULL,
    bytes BLOB NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;

-- How long the store had been in use (record_lived) when the server was seen to have the record.
ALTER TABLE record ADD COLUMN again_lived INTEGER NOT NULL DEFAULT 0;

-- The portal's newer version of a record whose correction came too late.
CREATE TABLE rival (
    record INTEGER PRIMARY KEY REFERENCES record (id),
    instance_id TEXT NOT NULL,
    xml BLOB NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
