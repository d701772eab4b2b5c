-- The contract with everyone who asks in SQL. Dropped and made anew whenever a writer opens the database.
-- Words in braces are column lists that the program writes from its registry.

-- The run that the views speak of: the newest complete one, or the newest while none is complete.
CREATE VIEW current_run AS
SELECT * FROM run ORDER BY status = 'complete' DESC, id DESC LIMIT 1;

CREATE VIEW all_samples AS
SELECT sample.id, sample.run_id, sample.path, folder, identity, source, source_file, face_index, header,
  yaw, pitch, roll, face_size, width, height, format, colour,
  bits_per_channel, has_alpha, orientation, bytes, lower(hex(sample.sha256)) AS sha256, status, error_code, error_detail,
  paired_path, duplicate_of, dup_kind,
  {score_columns},
  {standing_columns},
  od, sd, leverage, nearest, pull_squared, pull_absolute, ratio, alike, skew, weight, outlier_class,
  coalesce(
    (SELECT decision.verdict FROM decision
     WHERE decision.sha256 = sample.sha256 AND undone_at IS NULL ORDER BY decision.id DESC LIMIT 1),
    standing.verdict) AS verdict,
  standing.verdict AS proposal,
  why,
  probe_share_mse, probe_share_mae, probe_skew,
  (SELECT group_concat(code, ' ') FROM issue WHERE issue.sample_id = sample.id) AS issues
FROM sample
LEFT JOIN score ON score.sample_id = sample.id
LEFT JOIN influence ON influence.sample_id = sample.id
LEFT JOIN standing ON standing.sample_id = sample.id
LEFT JOIN probe ON probe.sample_id = sample.id;

CREATE VIEW samples AS
SELECT * FROM all_samples WHERE run_id = (SELECT id FROM current_run);

CREATE VIEW flagged AS
SELECT * FROM samples WHERE verdict IN ('drop', 'review');

-- Which model each sample of the current run was scored with.
CREATE VIEW sample_model AS
SELECT sample.id AS sample_id, sample.path, sample.identity, coalesce(own.model_id, current_run.model_id) AS model_id,
  own.model_id IS NOT NULL AS is_own
FROM sample
JOIN current_run ON current_run.id = sample.run_id
LEFT JOIN identity_model AS own ON own.run_id = sample.run_id AND own.identity = sample.identity;

CREATE VIEW score_long AS
{score_long};

-- What is different between the newest complete run and the complete one before it; datasets_differ is 1 where the two
-- are of different folders.
CREATE VIEW changes AS
WITH pair AS (
  SELECT max(id) AS new, (SELECT max(id) FROM run WHERE status = 'complete' AND id <
    (SELECT max(id) FROM run WHERE status = 'complete')) AS old
  FROM run WHERE status = 'complete'
)
SELECT n.path, n.metric, o.value AS before, n.value AS after, n.value / nullif(o.value, 0) AS ratio,
  n.value - o.value AS change,
  (SELECT new.dataset <> old.dataset FROM pair JOIN run AS new ON new.id = pair.new JOIN run AS old ON old.id = pair.old)
    AS datasets_differ
FROM (SELECT sample.path, metric, value FROM score_long JOIN sample ON sample.id = sample_id, pair
      WHERE sample.run_id = pair.new) AS n
JOIN (SELECT sample.path, metric, value FROM score_long JOIN sample ON sample.id = sample_id, pair
      WHERE sample.run_id = pair.old) AS o USING (path, metric)
WHERE n.value IS NOT o.value;

CREATE VIEW region AS
{region_long};

-- What each way to train gave on images that stay, over the seeds; gain is against squared error on all images.
CREATE VIEW probe_comparison AS
SELECT t.run_id, t.name AS remedy, count(*) AS seeds,
  avg(t.held_out_mse) AS mse, min(t.held_out_mse) AS mse_low, max(t.held_out_mse) AS mse_high,
  avg(t.held_out_mae) AS mae, min(t.held_out_mae) AS mae_low, max(t.held_out_mae) AS mae_high,
  avg(1 - t.held_out_mse / a.held_out_mse) AS gain, min(1 - t.held_out_mse / a.held_out_mse) AS gain_low,
  max(1 - t.held_out_mse / a.held_out_mse) AS gain_high
FROM probe_training AS t
JOIN probe_training AS a ON a.run_id = t.run_id AND a.purpose = 'compare' AND a.name = 'all' AND a.seed = t.seed
WHERE t.purpose = 'compare' GROUP BY t.run_id, t.name;

-- The saved questions; `audit sql --saved NAME` runs them.
CREATE VIEW q_skew AS
SELECT path, skew, issues FROM samples ORDER BY skew DESC LIMIT 50;
CREATE VIEW q_worst_percent AS
SELECT sum(share_mse) FILTER (WHERE pct_mse > 0.99) AS mse_share,
  sum(share_mae) FILTER (WHERE pct_mse > 0.99) AS mae_share FROM samples;
CREATE VIEW q_squared_only AS
SELECT path, rank_mse, rank_mae, rank_mae - rank_mse AS moved_up FROM samples ORDER BY moved_up DESC LIMIT 50;
CREATE VIEW q_identities AS
SELECT identity, count(*) AS n, sum(verdict = 'drop') AS drops, round(sum(share_mse), 4) AS owns
FROM samples GROUP BY identity HAVING n >= 20 ORDER BY owns DESC;
CREATE VIEW q_errors AS
SELECT path, error_code, error_detail FROM samples WHERE status <> 'ok';
CREATE VIEW q_proposal AS
SELECT verdict, count(*) AS n, round(100.0 * count(*) / sum(count(*)) OVER (), 2) AS pct,
  round(sum(share_mse), 3) AS mse_share FROM samples GROUP BY verdict;
CREATE VIEW q_list AS
SELECT path FROM samples WHERE verdict IN ('keep', 'review');
CREATE VIEW q_changes AS
SELECT path, before, after, ratio, datasets_differ FROM changes WHERE metric = 'mse' ORDER BY ratio DESC LIMIT 50;
CREATE VIEW q_duplicates AS
SELECT k.path AS keep, d.path AS copy, d.dup_kind FROM samples AS d JOIN samples AS k ON k.id = d.duplicate_of;
CREATE VIEW q_sources AS
SELECT source, count(*) AS n, sum(verdict = 'drop') AS drops FROM samples
WHERE source IS NOT NULL GROUP BY source ORDER BY 1.0 * drops / n DESC;
CREATE VIEW q_unpaired AS
SELECT path FROM samples WHERE error_code = 'pair_missing';
CREATE VIEW q_sizes AS
SELECT width || 'x' || height AS size, count(*) AS n FROM samples GROUP BY size ORDER BY n DESC;
CREATE VIEW q_exposure AS
SELECT path FROM samples WHERE pct_mse > 0.95 AND pct_ssim < 0.5;
CREATE VIEW q_weights AS
SELECT path, weight FROM samples ORDER BY weight;
CREATE VIEW q_decisions AS
SELECT path, verdict, reason, who, at FROM decision WHERE undone_at IS NULL ORDER BY at DESC;
CREATE VIEW q_regions AS
SELECT region, count(*) AS n FROM (SELECT sample_id, region, max(share_se) FROM region
  JOIN flagged AS f ON f.id = sample_id GROUP BY sample_id) GROUP BY region ORDER BY n DESC;
