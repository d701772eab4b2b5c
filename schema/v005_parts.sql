-- 005: a run that several processes score parts of.

-- What was asked for when the run was planned, so that everybody who scores a part of it does the same.
CREATE TABLE plan (
  run_id    INTEGER PRIMARY KEY REFERENCES run(id) ON DELETE CASCADE,
  arguments TEXT NOT NULL,                     -- of `audit plan`: a JSON array of texts
  folder    TEXT NOT NULL,                     -- working directory then: what relative paths among them begin at
  is_fitted INTEGER NOT NULL DEFAULT 0 CHECK (is_fitted IN (0, 1))  -- whether the run's models are made
) STRICT;

-- The samples of a planned run.
CREATE TABLE planned (
  run_id      INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  path        BLOB NOT NULL,                   -- relative to run.dataset, the raw bytes: their order is that of the plan
  bytes       INTEGER NOT NULL,                -- like the columns of sample
  modified_ns INTEGER NOT NULL,
  changed_ns  INTEGER,
  device      INTEGER NOT NULL,
  inode       INTEGER NOT NULL,
  PRIMARY KEY (run_id, path)
) STRICT, WITHOUT ROWID;
