-- One row: the ledger this view belongs to, how far every lot is, and the newest document.
CREATE TABLE state (
  id        INTEGER PRIMARY KEY CHECK (id = 1),
  ledger    TEXT NOT NULL,
  head      INTEGER NOT NULL,
  max_as_of INTEGER NOT NULL
) STRICT;

CREATE TABLE lineage (
  lot   TEXT NOT NULL UNIQUE,
  as_of INTEGER NOT NULL,
  body  BLOB NOT NULL
) STRICT;
