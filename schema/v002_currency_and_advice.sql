-- 002: what a row was computed from, so that it is known when it is no longer current.

ALTER TABLE sample ADD COLUMN changed_ns INTEGER;  -- of the inode (ctime), since 1970; NULL in rows of an older audit

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
