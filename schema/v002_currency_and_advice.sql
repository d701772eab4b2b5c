-- 002: what a row was computed from, so that it is known when it is no longer current.

ALTER TABLE sample ADD COLUMN changed_ns INTEGER;  -- of the inode (ctime), since 1970; NULL in rows of an older audit

-- What the header of FaceSwap or DeepFaceLab says, where the file has one.
ALTER TABLE sample ADD COLUMN header TEXT;         -- faceswap, deepfacelab
ALTER TABLE sample ADD COLUMN source_file TEXT;    -- frame or picture that the face was cut from, by its name
ALTER TABLE sample ADD COLUMN yaw REAL;            -- degrees; positive: the nose points to the left of the picture
ALTER TABLE sample ADD COLUMN pitch REAL;          -- degrees; positive: it looks up
ALTER TABLE sample ADD COLUMN roll REAL;           -- degrees; positive: clockwise in the frame
ALTER TABLE sample ADD COLUMN face_size REAL;      -- pixels; side of a square as large as the face's box in the frame

-- Files that the walk met and that are no samples.
CREATE TABLE left_out (
  run_id  INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  kind    TEXT NOT NULL,                           -- sidecar, excluded, hidden, other, contained
  name    TEXT NOT NULL,                           -- suffix, pattern, ending or reason
  files   INTEGER NOT NULL,
  folders INTEGER NOT NULL,                        -- that were not entered
  example TEXT NOT NULL,                           -- path of the first of them, written like sample.path
  PRIMARY KEY (run_id, kind, name)
) STRICT, WITHOUT ROWID;

-- Why a sample that is marked stands out, as far as its stored numbers tell: "border 60 % of the error".
ALTER TABLE standing ADD COLUMN reason TEXT;       -- NULL for samples that stay

-- What the figures of a run that are worked out after its scan were computed from. Where that has changed they are out
-- of date: view `currency` says so.
CREATE TABLE basis (
  run_id        INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  advice        TEXT NOT NULL                        -- estimate: remedy and gain_curve; the others: probe_training
    CHECK (advice IN ('estimate', 'probe', 'compare')),
  method        INTEGER NOT NULL,                    -- grows when the same results give other figures
  results       TEXT NOT NULL,                       -- run.digest then: content, scores and proposals
  plan_digest   TEXT NOT NULL,                       -- run.plan_digest then
  model_digest  TEXT,                                -- model.digest of the run then
  decisions     INTEGER NOT NULL,                    -- decisions about its files that held then
  last_decision INTEGER,                             -- decision.id of the newest of them
  review_above  REAL,                                -- the lines of the verdicts then
  drop_above    REAL,
  least_gain    REAL,                                -- lower end from which a remedy is recommended, 0.03 = 3 %
  images        INTEGER NOT NULL,                    -- that took part
  model_gone    INTEGER NOT NULL,                    -- images that the model was fitted on and the run no longer holds
  model_unknown INTEGER NOT NULL,                    -- images that it would be fitted on today, and was not
  PRIMARY KEY (run_id, advice)
) STRICT, WITHOUT ROWID;

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
