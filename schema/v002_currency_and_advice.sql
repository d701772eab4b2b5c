-- 002: what a row was computed from, so that it is known when it is no longer current.

ALTER TABLE sample ADD COLUMN changed_ns INTEGER;  -- of the inode (ctime), since 1970; NULL in rows of an older audit

-- The file that the sample was compared with, also where it could not be decoded; NULL where there is none.
ALTER TABLE sample ADD COLUMN reference_bytes INTEGER;
ALTER TABLE sample ADD COLUMN reference_modified_ns INTEGER;  -- since 1970
ALTER TABLE sample ADD COLUMN reference_changed_ns INTEGER;   -- ctime
ALTER TABLE sample ADD COLUMN reference_sha256 BLOB;          -- NULL where it could not be read

-- The views that an audit made. A writer makes these anew, and leaves every other view as it is.
CREATE TABLE own_view (
  name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
INSERT INTO own_view (name) VALUES
  ('current_run'), ('all_samples'), ('samples'), ('flagged'), ('sample_model'), ('score_long'), ('changes'),
  ('region'), ('probe_comparison'), ('q_skew'), ('q_worst_percent'), ('q_squared_only'), ('q_identities'),
  ('q_errors'), ('q_proposal'), ('q_list'), ('q_changes'), ('q_duplicates'), ('q_sources'), ('q_unpaired'),
  ('q_sizes'), ('q_exposure'), ('q_weights'), ('q_decisions'), ('q_regions');

-- Files that were in work when the process that read them ended. One is tried alone first, and no more once that failed.
CREATE TABLE suspect (
  dataset     TEXT NOT NULL,                   -- as run.dataset
  path        BLOB NOT NULL,                   -- relative to it, the raw bytes
  bytes       INTEGER NOT NULL,                -- of the file then
  modified_ns INTEGER NOT NULL,                -- since 1970
  deaths      INTEGER NOT NULL,                -- processes that ended with the file in work
  is_alone    INTEGER NOT NULL CHECK (is_alone IN (0, 1)),  -- whether nothing else was in work at the last of them
  version     TEXT NOT NULL,                   -- of the audit that ended; another one tries anew
  PRIMARY KEY (dataset, path)
) STRICT, WITHOUT ROWID;
