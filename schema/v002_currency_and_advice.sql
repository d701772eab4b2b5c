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
  kind    TEXT NOT NULL,                           -- sidecar, excluded, hidden, other
  name    TEXT NOT NULL,                           -- suffix, pattern or ending
  files   INTEGER NOT NULL,
  folders INTEGER NOT NULL,                        -- that were not entered
  example TEXT NOT NULL,                           -- path of the first of them, written like sample.path
  PRIMARY KEY (run_id, kind, name)
) STRICT, WITHOUT ROWID;
