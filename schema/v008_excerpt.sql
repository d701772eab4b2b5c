-- 008: runs of so many samples that the database keeps the rows alone that somebody will ask for.

CREATE TABLE excerpt (
  run_id  INTEGER PRIMARY KEY REFERENCES run(id) ON DELETE CASCADE,
  samples INTEGER NOT NULL,                    -- that the run has; table sample holds fewer of them
  place   TEXT NOT NULL,                       -- absolute path of the Parquet file that has a row of each
  curves  TEXT NOT NULL                        -- JSON: what a report draws of all samples
) STRICT;

-- What was counted over all samples of such a run while they were here.
CREATE TABLE whole_answer (
  run_id   INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  question TEXT NOT NULL,                      -- kinds_of_file, scored, identities, splits, proposals, copies
  answer   TEXT NOT NULL,                      -- JSON: the names of the columns, and the rows
  PRIMARY KEY (run_id, question)
) STRICT, WITHOUT ROWID;
