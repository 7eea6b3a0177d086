-- Runs, their packets, the chain over commits, events. Written by writer/ and journal/ alone.

-- epoch (16 bytes), number (last run number that retention took), floor (events up to here are no longer complete),
-- anchor (id and hash of the commit before the oldest one kept).
CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

-- Rows of one run in one commit. first: position of its first row in the run. hash: the run's chain after it.
CREATE TABLE packets(seq INTEGER PRIMARY KEY, run BLOB NOT NULL, first INTEGER NOT NULL, n INTEGER NOT NULL, body BLOB NOT NULL, hash BLOB NOT NULL);
CREATE INDEX packets_run ON packets(run);

-- What documents told, in the same numbering as packets.
CREATE TABLE events(seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL);

-- hash = BLAKE3(hash before, id, last, at, entries); last: highest seq of or before this commit.
CREATE TABLE commits(id INTEGER PRIMARY KEY, last INTEGER NOT NULL, at INTEGER NOT NULL, hash BLOB NOT NULL);

-- What is left of deleted packets (run, hash of the chain) and events (no run, hash of the text): enough to check the chain over commits.
CREATE TABLE gone(seq INTEGER PRIMARY KEY, run BLOB, hash BLOB NOT NULL);

-- Folded from rows in the same transaction, for lists.
CREATE TABLE runs(
  number INTEGER PRIMARY KEY, run BLOB NOT NULL UNIQUE, flow TEXT NOT NULL, version TEXT NOT NULL, status INTEGER NOT NULL,
  trigger TEXT NOT NULL, part TEXT NOT NULL, durability INTEGER NOT NULL, parent BLOB, parent_step BLOB,
  created_at INTEGER NOT NULL, started_at INTEGER, finished_at INTEGER, problem TEXT);
CREATE INDEX runs_flow ON runs(flow, number);
-- The table of open runs: a run is in it from its first row to its last.
CREATE INDEX runs_open ON runs(number) WHERE finished_at IS NULL;
CREATE INDEX runs_version ON runs(version);

-- The latest run of a flow that reached a node.
CREATE TABLE reached(flow TEXT NOT NULL, node TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY(flow, node)) WITHOUT ROWID;

-- Who names a blob: 16 bytes of a run, or text of another owner. whole = 0: the blob is a batch whose own blobs are not listed yet.
CREATE TABLE blob_refs(owner BLOB NOT NULL, hash TEXT NOT NULL, whole INTEGER NOT NULL DEFAULT 1, PRIMARY KEY(owner, hash)) WITHOUT ROWID;
CREATE INDEX blob_refs_hash ON blob_refs(hash);
CREATE INDEX blob_refs_open ON blob_refs(hash) WHERE whole = 0;

-- Runs set aside: they are neither resumed nor trusted.
CREATE TABLE damaged(run BLOB PRIMARY KEY, what TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;

-- Flow versions that runs began with; removed with the last run that names one, unless kept = 1.
CREATE TABLE versions(hash TEXT PRIMARY KEY, flow TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL, kept INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;

-- Sum over the rows of every table that the chains do not cover, see sums.rs.
CREATE TABLE sums(name TEXT PRIMARY KEY, sum BLOB NOT NULL) WITHOUT ROWID;
