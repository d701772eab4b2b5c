-- 003: what is wrong with a picture by itself, and pictures that are nearly the same.

-- Wide: one REAL column per picture statistic, NULL where the picture is too small for it. The program adds them.
CREATE TABLE quality (
  sample_id INTEGER PRIMARY KEY REFERENCES sample(id) ON DELETE CASCADE
) STRICT;

-- How a picture compares with copies of the set that were damaged on purpose.
CREATE TABLE damage (
  sample_id   INTEGER PRIMARY KEY REFERENCES sample(id) ON DELETE CASCADE,
  damage      REAL NOT NULL,                 -- votes for any kind of damage, 0 to 1
  oddness     REAL NOT NULL,                 -- how far off the set in any respect
  votes       BLOB NOT NULL,                 -- one little-endian 32-bit float per kind of damage
  turned      BLOB NOT NULL,                 -- the same: how much nearer each turn of the picture lies to the set
  parts       BLOB NOT NULL,                 -- the same: what oddness is the length of
  confidence  REAL,                          -- probability that it is damaged; made anew with the ranking
  damage_kind TEXT                           -- likeliest kind; NULL where no kind has a vote
) STRICT;

-- What copies of a picture are found by.
CREATE TABLE fingerprint (
  sample_id INTEGER PRIMARY KEY REFERENCES sample(id) ON DELETE CASCADE,
  pixels    BLOB NOT NULL,                   -- 16 bytes: equal for equal pixels
  hashes    BLOB NOT NULL,                   -- three times 32 bytes: upright, mirrored, without its border
  contrast  REAL NOT NULL,                   -- spread of the small picture, code values
  small     BLOB NOT NULL                    -- 32 x 32 R G B
) STRICT;

-- Pictures that are copies of one another, or frames of one scene. Made anew with the ranking.
CREATE TABLE near_group (
  sample_id INTEGER PRIMARY KEY REFERENCES sample(id) ON DELETE CASCADE,
  number    INTEGER NOT NULL,                -- of the group in its run, from 1
  kind      TEXT NOT NULL,                   -- same_file, exact, pixels, near, mirrored, run
  original  INTEGER REFERENCES sample(id) ON DELETE SET NULL,  -- what it is a copy of; NULL for the best and for frames
  is_best   INTEGER NOT NULL CHECK (is_best IN (0, 1)),
  reason    TEXT                             -- why the best is the best
) STRICT;
CREATE INDEX near_group_by_original ON near_group(original);

-- Copies that lie in two parts of a set, such as train and test.
CREATE TABLE split_leak (
  sample_id INTEGER NOT NULL REFERENCES sample(id) ON DELETE CASCADE,
  other_id  INTEGER NOT NULL REFERENCES sample(id) ON DELETE CASCADE,
  kind      TEXT NOT NULL,
  PRIMARY KEY (sample_id, other_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX split_leak_by_other ON split_leak(other_id);

ALTER TABLE run ADD COLUMN damage_model_id INTEGER REFERENCES model(id);
ALTER TABLE issue ADD COLUMN confidence REAL;  -- probability that it is so, where that is known
ALTER TABLE issue ADD COLUMN strength REAL;    -- how bad it is, 0 to 1, where that is known

-- What the usual picture of a run has, said once instead of marking nearly all of them.
CREATE TABLE set_issue (
  run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  code   TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (run_id, code)
) STRICT, WITHOUT ROWID;

-- Explains every column that holds a number, and says in which table it is.
PRAGMA legacy_alter_table = ON;
CREATE TABLE metric_003 (
  name       TEXT PRIMARY KEY,
  kind       TEXT NOT NULL CHECK (kind IN ('score', 'standing', 'quality')),
  position   INTEGER NOT NULL,
  version    INTEGER NOT NULL,
  family     TEXT NOT NULL,
  unit       TEXT NOT NULL,
  low        REAL,                           -- smallest possible value; NULL = no bound
  high       REAL,
  direction  TEXT NOT NULL,                  -- lower, higher, zero (is better), none
  meaning    TEXT NOT NULL,
  formula    TEXT NOT NULL,
  source     TEXT NOT NULL,
  parameters TEXT NOT NULL,                  -- JSON
  headline   INTEGER NOT NULL
) STRICT;
INSERT INTO metric_003 (name, kind, position, version, family, unit, low, high, direction, meaning, formula, source,
  parameters, headline)
SELECT name, kind, position, version, family, unit, low, high, direction, meaning, formula, source, parameters, headline
FROM metric;
DROP TABLE metric;
ALTER TABLE metric_003 RENAME TO metric;
PRAGMA legacy_alter_table = OFF;
