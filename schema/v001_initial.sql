-- 001: everything a scan keeps. One database holds any number of runs.
-- Metric columns of `score` and `standing` are added by the program from its registry; table `metric` explains them.

CREATE TABLE model (
  id          INTEGER PRIMARY KEY,
  digest      TEXT NOT NULL UNIQUE,            -- SHA-256 of `content`
  kind        TEXT NOT NULL,                   -- low-rank, autoencoder, onnx
  rank        INTEGER,                         -- number of components
  fitted_on   INTEGER,                         -- images in the subsample
  cut_od      REAL,                            -- orthogonal distance above which a sample is an orthogonal outlier
  cut_sd      REAL,                            -- score distance above which a sample is a leverage point
  content     BLOB NOT NULL                    -- the fitted model, with the subsample's rows
) STRICT;

CREATE TABLE run (
  id              INTEGER PRIMARY KEY,
  name            TEXT NOT NULL UNIQUE,
  dataset         TEXT NOT NULL,               -- absolute path of the folder
  settings        TEXT NOT NULL,               -- JSON
  settings_digest TEXT NOT NULL,               -- of everything that changes a score
  model_id        INTEGER REFERENCES model(id),
  plan_digest     TEXT NOT NULL,               -- SHA-256 over the paths, in order
  version         TEXT NOT NULL,               -- of audit
  seed            INTEGER NOT NULL,
  status          TEXT NOT NULL CHECK (status IN ('running', 'interrupted', 'complete')),
  planned         INTEGER NOT NULL,            -- samples in the folder
  started_at      TEXT NOT NULL,               -- UTC, ISO 8601
  finished_at     TEXT,
  process         INTEGER NOT NULL,            -- of the last writer
  digest          TEXT                         -- SHA-256 over the results: equal content, equal digest
) STRICT;

-- The folders that have a model of their own (`--per identity`); every other sample of the run has run.model_id.
CREATE TABLE identity_model (
  run_id   INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  identity TEXT NOT NULL,                      -- sample.identity
  model_id INTEGER NOT NULL REFERENCES model(id),
  PRIMARY KEY (run_id, identity)
) STRICT, WITHOUT ROWID;

CREATE TABLE sample (
  id               INTEGER PRIMARY KEY,
  run_id           INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  path             TEXT NOT NULL,              -- relative to run.dataset; bytes that are not UTF-8 as \xE9
  path_raw         BLOB,                       -- the bytes, where the name is not UTF-8
  folder           TEXT NOT NULL,              -- '' at the top
  identity         TEXT,                       -- first folder level; NULL at the top
  source           TEXT,                       -- film or picture that a face was extracted from, by its name
  face_index       INTEGER,
  bytes            INTEGER NOT NULL,
  modified_ns      INTEGER NOT NULL,           -- since 1970
  device           INTEGER,                    -- with inode: equal for hard links
  inode            INTEGER,
  sha256           BLOB,                       -- of the file
  format           TEXT,                       -- jpeg, png, pnm, webp, bmp
  width            INTEGER,
  height           INTEGER,
  colour           TEXT,                       -- as stored: rgb, gray, cmyk, palette
  bits_per_channel INTEGER,
  has_alpha        INTEGER,
  orientation      INTEGER,                    -- EXIF, 1 to 8
  status           TEXT NOT NULL CHECK (status IN ('ok', 'error')),
  error_code       TEXT,
  error_detail     TEXT,
  paired_path      TEXT,                       -- the reference that it was compared with
  duplicate_of     INTEGER,                    -- sample.id of the copy that stays
  dup_kind         TEXT                        -- same_file (hard link), exact (equal bytes)
) STRICT;
CREATE INDEX sample_by_path ON sample(run_id, path);
-- Holds all that a search for equal files asks.
CREATE INDEX sample_by_content ON sample(sha256, run_id, bytes);

-- Wide: one REAL column per metric, NULL where it is not defined.
CREATE TABLE score (
  sample_id INTEGER PRIMARY KEY REFERENCES sample(id) ON DELETE CASCADE
) STRICT;

-- Where a sample stands in the reference model's own space.
CREATE TABLE influence (
  sample_id INTEGER PRIMARY KEY REFERENCES sample(id) ON DELETE CASCADE,
  od        REAL NOT NULL,                     -- orthogonal distance
  sd        REAL,                              -- score distance
  leverage  REAL,
  nearest   REAL                               -- distance to the nearest image of the subsample, where it was needed
) STRICT;

-- Made from the whole run, and made anew whenever it changes. pct_, rank_ and share_ columns are added by the program.
CREATE TABLE standing (
  sample_id     INTEGER PRIMARY KEY REFERENCES sample(id) ON DELETE CASCADE,
  pull_squared  REAL,
  pull_absolute REAL,
  ratio         REAL,
  alike         REAL,
  skew          REAL,
  weight        REAL,
  outlier_class TEXT,                          -- regular, good_leverage, orthogonal, bad_leverage
  verdict       TEXT CHECK (verdict IN ('drop', 'review', 'keep')),
  why           TEXT                           -- the rule that gave the verdict
) STRICT;

-- Where in the picture the squared residual lies: ten-thousandths per cell of a 4 x 4 grid, and on the border.
CREATE TABLE region_share (
  sample_id INTEGER PRIMARY KEY REFERENCES sample(id) ON DELETE CASCADE,
  r1c1 INTEGER NOT NULL, r1c2 INTEGER NOT NULL, r1c3 INTEGER NOT NULL, r1c4 INTEGER NOT NULL,
  r2c1 INTEGER NOT NULL, r2c2 INTEGER NOT NULL, r2c3 INTEGER NOT NULL, r2c4 INTEGER NOT NULL,
  r3c1 INTEGER NOT NULL, r3c2 INTEGER NOT NULL, r3c3 INTEGER NOT NULL, r3c4 INTEGER NOT NULL,
  r4c1 INTEGER NOT NULL, r4c2 INTEGER NOT NULL, r4c3 INTEGER NOT NULL, r4c4 INTEGER NOT NULL,
  border INTEGER NOT NULL
) STRICT;

CREATE TABLE issue (
  sample_id INTEGER NOT NULL REFERENCES sample(id) ON DELETE CASCADE,
  code      TEXT NOT NULL,
  severity  TEXT NOT NULL CHECK (severity IN ('error', 'warning', 'notice')),
  detail    TEXT NOT NULL,
  PRIMARY KEY (sample_id, code)
) STRICT, WITHOUT ROWID;

-- What the walk met that is not a sample: folders that may not be read, links that lead in a circle.
CREATE TABLE folder_issue (
  run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  path   TEXT NOT NULL,
  code   TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;

-- What a person decided. It hangs on the content, not on the sample, and outlives runs.
CREATE TABLE decision (
  id        INTEGER PRIMARY KEY,
  sha256    BLOB NOT NULL,                     -- of the file
  path      TEXT NOT NULL,                     -- where it lay then
  verdict   TEXT NOT NULL CHECK (verdict IN ('keep', 'review', 'drop')),
  reason    TEXT NOT NULL DEFAULT '',
  who       TEXT NOT NULL DEFAULT '',
  at        TEXT NOT NULL,                     -- UTC, ISO 8601
  undone_at TEXT
) STRICT;
CREATE INDEX decision_by_content ON decision(sha256);

-- Figures of a run as a whole.
CREATE TABLE figure (
  run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  name   TEXT NOT NULL,
  value  REAL,
  PRIMARY KEY (run_id, name)
) STRICT, WITHOUT ROWID;

-- What a remedy is worth: the fall of the squared loss on what stays, cross-validated, with its 95 % interval.
CREATE TABLE remedy (
  run_id      INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  name        TEXT NOT NULL,                   -- drop, weights
  images      INTEGER NOT NULL,                -- in the whole set
  gain        REAL NOT NULL,                   -- 0.186 = 18.6 % less
  low         REAL NOT NULL,
  high        REAL NOT NULL,
  recommended INTEGER NOT NULL CHECK (recommended IN (0, 1)),
  PRIMARY KEY (run_id, name)
) STRICT, WITHOUT ROWID;

-- With a model per folder, that share of each folder is left out.
CREATE TABLE gain_curve (
  run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  share  REAL NOT NULL,                        -- left out, the highest skew first
  images INTEGER NOT NULL,                     -- in the whole set
  gain   REAL NOT NULL,
  low    REAL NOT NULL,
  high   REAL NOT NULL,
  PRIMARY KEY (run_id, share)
) STRICT, WITHOUT ROWID;

-- What the trained probe says of each image it judged. A table of its own: a ranking makes `standing` anew.
CREATE TABLE probe (
  sample_id       INTEGER PRIMARY KEY REFERENCES sample(id) ON DELETE CASCADE,
  probe_share_mse REAL,                        -- pull under squared error; 1 = the average image's
  probe_share_mae REAL,
  probe_skew      REAL,                        -- probe_share_mse / probe_share_mae
  probe_mse       REAL NOT NULL,               -- of its reconstruction, at the probe's size
  probe_mae       REAL NOT NULL
) STRICT;

-- Trainings of the autoencoder: as the reference of the run, as a probe, or to compare remedies.
CREATE TABLE probe_training (
  id           INTEGER PRIMARY KEY,
  run_id       INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  purpose      TEXT NOT NULL CHECK (purpose IN ('reference', 'probe', 'compare')),
  name         TEXT NOT NULL,                  -- half 1, half 2; or the remedy: all, drop, weights, both, robust
  seed         INTEGER NOT NULL,
  loss         TEXT NOT NULL,                  -- mse, mae, huber, imae, ssim
  settings     TEXT NOT NULL,                  -- JSON, with the rate at which it stayed finite
  ending       TEXT NOT NULL,                  -- converged, epoch_limit
  last_fall    REAL,                           -- of the loss over the last epochs, as a share
  held_out_mse REAL,                           -- at the end, over images that were not trained on
  held_out_mae REAL,
  UNIQUE (run_id, purpose, name, seed)
) STRICT;

CREATE TABLE probe_epoch (
  training_id   INTEGER NOT NULL REFERENCES probe_training(id) ON DELETE CASCADE,
  epoch         INTEGER NOT NULL,              -- from 1
  loss          REAL NOT NULL,                 -- of the images trained on
  held_out_loss REAL,
  held_out_mse  REAL,
  held_out_mae  REAL,
  rate          REAL NOT NULL,                 -- learning rate at the end of the epoch
  PRIMARY KEY (training_id, epoch)
) STRICT, WITHOUT ROWID;

-- Explains every column that holds a number.
CREATE TABLE metric (
  name       TEXT PRIMARY KEY,
  kind       TEXT NOT NULL CHECK (kind IN ('score', 'standing')),
  position   INTEGER NOT NULL,
  version    INTEGER NOT NULL,
  family     TEXT NOT NULL,
  unit       TEXT NOT NULL,
  low        REAL,                             -- smallest possible value; NULL = no bound
  high       REAL,
  direction  TEXT NOT NULL,                    -- lower, higher, zero (is better), none
  meaning    TEXT NOT NULL,
  formula    TEXT NOT NULL,
  source     TEXT NOT NULL,
  parameters TEXT NOT NULL,                    -- JSON
  headline   INTEGER NOT NULL
) STRICT;
