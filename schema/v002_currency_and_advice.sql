-- 002: what a row was computed from, so that it is known when it is no longer current.

ALTER TABLE sample ADD COLUMN changed_ns INTEGER;  -- of the inode (ctime), since 1970; NULL in rows of an older audit
