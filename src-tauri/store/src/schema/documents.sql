-- Flows, edits, pins, permissions: the documents' half. Written by flows/ and its neighbours alone.

-- `key` stays when a flow is renamed. `file` is its path under the workspace, with `/`.
CREATE TABLE flows (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  file TEXT NOT NULL,
  -- The user's machine where it was made, see `machine` in the user's folder: nobody else's database can claim it.
  made_here TEXT,
  summary TEXT NOT NULL,
  -- The document says more than the file.
  dirty INTEGER NOT NULL DEFAULT 0,
  trashed_at INTEGER,
  trash_file TEXT
);
CREATE UNIQUE INDEX flows_live ON flows (id) WHERE trashed_at IS NULL;

-- What the file said when it was last read or written, and what is being written.
CREATE TABLE seen (
  flow INTEGER PRIMARY KEY REFERENCES flows (key) ON DELETE CASCADE,
  is_hash BLOB NOT NULL,
  is_text TEXT NOT NULL,
  next_hash BLOB,
  next_text TEXT
);

CREATE TABLE snapshots (flow INTEGER PRIMARY KEY REFERENCES flows (key) ON DELETE CASCADE, bytes BLOB NOT NULL);

-- The document's updates since its snapshot.
CREATE TABLE updates (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  flow INTEGER NOT NULL REFERENCES flows (key) ON DELETE CASCADE,
  bytes BLOB NOT NULL
);
CREATE INDEX updates_flow ON updates (flow, id);

-- The log. state: done, undone (an undo took it back, or a redo took the undo back), passed (an undo that can no longer be redone).
CREATE TABLE edits (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  flow INTEGER NOT NULL REFERENCES flows (key) ON DELETE CASCADE,
  rev INTEGER NOT NULL,
  author TEXT NOT NULL,
  device TEXT NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  label TEXT NOT NULL,
  words TEXT NOT NULL,
  changes TEXT NOT NULL,
  state TEXT NOT NULL,
  gesture TEXT
);
CREATE INDEX edits_flow ON edits (flow, seq);
CREATE INDEX edits_stack ON edits (flow, author, state, seq);

-- What was allowed to a flow, bound to the hash of its logic.
CREATE TABLE granted (
  flow INTEGER NOT NULL REFERENCES flows (key) ON DELETE CASCADE,
  version TEXT NOT NULL,
  kind TEXT NOT NULL,
  target TEXT NOT NULL,
  author TEXT NOT NULL,
  machine TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (flow, version, kind, target)
) WITHOUT ROWID;

-- Outputs fixed by hand: items by port. The blobs they name stand in blob_refs, owner `pin:FLOW:NODE`.
CREATE TABLE pins (
  flow INTEGER NOT NULL REFERENCES flows (key) ON DELETE CASCADE,
  node TEXT NOT NULL,
  ports TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (flow, node)
) WITHOUT ROWID;
