-- 007: what lists say of pictures.

ALTER TABLE sample ADD COLUMN split TEXT;      -- train, validation or test: by a list, else by the names of its folders

-- Of a plan whose pictures are labelled by lists, which need not lie where its parts are scored; NULL in others.
ALTER TABLE planned ADD COLUMN identity TEXT;  -- like the columns of sample
ALTER TABLE planned ADD COLUMN split TEXT;
