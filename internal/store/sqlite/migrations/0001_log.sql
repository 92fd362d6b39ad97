-- One row, made with the file: tells this ledger's files (and its copies) from another's.
CREATE TABLE ledger (id TEXT NOT NULL) STRICT;
INSERT INTO ledger VALUES (lower(hex(randomblob(16))));

-- The log. The sequence number is the only key: an index on a random hash would cost two thirds of the insert rate, and the ledger
-- knows every event id anyway. Times are Unix milliseconds, NULL where there is none; lists are JSON. The body stands last, so that
-- a filter on the columns before it need not read it.
CREATE TABLE records (
  seq         INTEGER PRIMARY KEY,
  kind        TEXT NOT NULL,
  record_time INTEGER,
  org         TEXT NOT NULL,
  user_id     TEXT NOT NULL,
  client_id   TEXT NOT NULL,
  digest      TEXT NOT NULL,
  event_id    TEXT NOT NULL,
  event_type  TEXT NOT NULL,
  biz_step    TEXT NOT NULL,
  event_time  INTEGER,
  lots        TEXT NOT NULL,
  places      TEXT NOT NULL,
  questions   TEXT NOT NULL,
  body        BLOB NOT NULL
) STRICT;

-- Small mutable documents: accounts, keys, profiles. Personal data is here and can be erased.
CREATE TABLE documents (
  collection TEXT NOT NULL,
  id         TEXT NOT NULL,
  body       BLOB NOT NULL,
  PRIMARY KEY (collection, id)
) STRICT;

CREATE TABLE scans (
  code   TEXT NOT NULL,
  day    TEXT NOT NULL,
  region TEXT NOT NULL,
  count  INTEGER NOT NULL,
  first  INTEGER,
  last   INTEGER,
  PRIMARY KEY (code, day, region)
) STRICT, WITHOUT ROWID;

-- Files of evidence, in pieces, so that reading one does not hold it in memory.
CREATE TABLE blobs (
  id   INTEGER PRIMARY KEY,
  sum  TEXT NOT NULL UNIQUE,
  size INTEGER NOT NULL
) STRICT;
CREATE TABLE blob_pieces (
  blob  INTEGER NOT NULL REFERENCES blobs (id),
  piece INTEGER NOT NULL,
  body  BLOB NOT NULL,
  PRIMARY KEY (blob, piece)
) STRICT;
