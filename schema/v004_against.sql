-- 004: copies that lie in another set, such as the test set of a training set.

CREATE TABLE foreign_copy (
  sample_id INTEGER PRIMARY KEY REFERENCES sample(id) ON DELETE CASCADE,
  database  TEXT NOT NULL,                   -- that the other set was read from
  path      TEXT NOT NULL,                   -- of the best of its copies there, written like sample.path
  kind      TEXT NOT NULL                    -- like near_group.kind
) STRICT;
