-- 006: what a large run is looked through by, so that nobody waits until all samples have been gone through.

CREATE INDEX standing_by_skew ON standing(skew);  -- dropped while a ranking writes, and made anew

-- How many samples of a run have which value. Made anew with the ranking; holds where the run is complete.
CREATE TABLE facet (
  run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  name   TEXT NOT NULL,                        -- folder, size, status, proposal, issue
  value  TEXT NOT NULL,
  images INTEGER NOT NULL,
  PRIMARY KEY (run_id, name, value)
) STRICT, WITHOUT ROWID;

-- How a number is spread over a run: tenth 0 is the least value, 10 the greatest. Made and holds like `facet`.
CREATE TABLE spread (
  run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  name   TEXT NOT NULL,                        -- column of view samples
  tenth  INTEGER NOT NULL CHECK (tenth BETWEEN 0 AND 10),
  value  REAL NOT NULL,
  PRIMARY KEY (run_id, name, tenth)
) STRICT, WITHOUT ROWID;
