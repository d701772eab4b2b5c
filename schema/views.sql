-- The contract with everyone who asks in SQL. Dropped and made anew whenever a writer opens the database.
-- Words in braces are column lists that the program writes from its registry.

-- The run that the views speak of: the newest complete one, or the newest while none is complete.
CREATE VIEW current_run AS
SELECT * FROM run ORDER BY status = 'complete' DESC, id DESC LIMIT 1;

CREATE VIEW all_samples AS
SELECT sample.id, sample.run_id, sample.path, folder, identity, split, source, source_file, face_index, header,
  yaw, pitch, roll, face_size, width, height, format, colour,
  bits_per_channel, has_alpha, orientation, bytes, lower(hex(sample.sha256)) AS sha256, status, error_code, error_detail,
  paired_path, duplicate_of, dup_kind,
  {score_columns},
  {standing_columns},
  od, sd, leverage, nearest, pull_squared, pull_absolute, ratio, alike, skew, weight, outlier_class,
  -- A decision about a file that cannot be read waits until it can.
  CASE WHEN status = 'ok' THEN coalesce(
    (SELECT decision.verdict FROM decision
     WHERE decision.sha256 = sample.sha256 AND undone_at IS NULL ORDER BY decision.id DESC LIMIT 1),
    standing.verdict) END AS verdict,
  standing.verdict AS proposal,
  why, standing.reason,
  probe_share_mse, probe_share_mae, probe_skew,
  damage.damage, damage.confidence, damage_kind, oddness,
  near_group.number AS near_group, near_group.kind AS near_kind, near_group.is_best AS near_best,
  (SELECT group_concat(code, ' ') FROM issue WHERE issue.sample_id = sample.id) AS issues
FROM sample
LEFT JOIN score ON score.sample_id = sample.id
LEFT JOIN influence ON influence.sample_id = sample.id
LEFT JOIN standing ON standing.sample_id = sample.id
LEFT JOIN probe ON probe.sample_id = sample.id
LEFT JOIN damage ON damage.sample_id = sample.id
LEFT JOIN near_group ON near_group.sample_id = sample.id;

-- What a run's figures would be computed from today.
CREATE VIEW basis_now AS
SELECT run.id AS run_id, run.plan_digest, model.digest AS model_digest,
  (SELECT count(*) FROM decision WHERE undone_at IS NULL AND EXISTS
    (SELECT 1 FROM sample WHERE sample.sha256 = decision.sha256 AND sample.run_id = run.id)) AS decisions,
  (SELECT max(decision.id) FROM decision WHERE undone_at IS NULL AND EXISTS
    (SELECT 1 FROM sample WHERE sample.sha256 = decision.sha256 AND sample.run_id = run.id)) AS last_decision,
  (SELECT value FROM figure WHERE figure.run_id = run.id AND name = 'review_above') AS review_above,
  (SELECT value FROM figure WHERE figure.run_id = run.id AND name = 'drop_above') AS drop_above,
  (SELECT value FROM figure WHERE figure.run_id = run.id AND name = 'least_gain') AS least_gain
FROM run LEFT JOIN model ON model.id = run.model_id;

-- Whether what was computed from a run still holds; `why` says what has changed since, and is NULL where nothing has.
CREATE VIEW currency AS
SELECT run_id, advice, images, model_gone, model_unknown, why IS NULL AS is_current, why FROM (
  SELECT basis.run_id, basis.advice, basis.images, basis.model_gone, basis.model_unknown,
    CASE
      WHEN run.status <> 'complete' THEN 'the scan is not finished'
      WHEN basis.plan_digest <> now.plan_digest THEN 'files have come or gone since'
      WHEN basis.model_digest IS NOT now.model_digest THEN 'the model is another one since'
      WHEN basis.review_above IS NOT now.review_above OR basis.drop_above IS NOT now.drop_above
        OR basis.least_gain IS NOT now.least_gain THEN 'the thresholds are others since'
      WHEN basis.results IS NOT run.digest THEN 'files or scores have changed since'
      WHEN basis.decisions <> now.decisions OR basis.last_decision IS NOT now.last_decision
        THEN 'people have decided since'
    END AS why
  FROM basis JOIN run ON run.id = basis.run_id JOIN basis_now AS now ON now.run_id = basis.run_id);

-- What each remedy is worth by the estimate. Nothing is recommended by figures that are out of date.
CREATE VIEW remedies AS
SELECT remedy.run_id, run.name AS run, remedy.name AS remedy, remedy.images, gain, low, high,
  low > 0 OR high < 0 AS is_measurable, recommended AND coalesce(is_current, 0) AS recommended,
  coalesce(is_current, 0) AS is_current, iif(currency.run_id IS NULL, 'an older audit computed it', why) AS why
FROM remedy JOIN run ON run.id = remedy.run_id
LEFT JOIN currency ON currency.run_id = remedy.run_id AND advice = 'estimate';

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
  max(1 - t.held_out_mse / a.held_out_mse) AS gain_high,
  coalesce((SELECT is_current FROM currency WHERE currency.run_id = t.run_id AND advice = 'compare'), 0) AS is_current
FROM probe_training AS t
JOIN probe_training AS a ON a.run_id = t.run_id AND a.purpose = 'compare' AND a.name = 'all' AND a.seed = t.seed
WHERE t.purpose = 'compare' GROUP BY t.run_id, t.name;

-- The saved questions; `audit sql --saved NAME` runs them.
CREATE VIEW q_skew AS
SELECT path, skew, issues FROM samples ORDER BY skew DESC LIMIT 50;
CREATE VIEW q_remedies AS
SELECT remedy, images, gain, low, high, is_measurable, recommended, is_current, why FROM remedies
WHERE run_id = (SELECT id FROM current_run) ORDER BY recommended DESC, low DESC;
CREATE VIEW q_reasons AS
SELECT path, verdict, skew, reason, why FROM flagged ORDER BY skew DESC;
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
CREATE VIEW q_near AS
SELECT near_group.number AS "group", near_group.kind, sample.path, is_best, original.path AS copy_of, near_group.reason
FROM near_group JOIN sample ON sample.id = near_group.sample_id
LEFT JOIN sample AS original ON original.id = near_group.original
WHERE sample.run_id = (SELECT id FROM current_run) ORDER BY number, is_best DESC, sample.path;
CREATE VIEW q_leaks AS
SELECT sample.path, other.path AS copy_of, split_leak.kind FROM split_leak
JOIN sample ON sample.id = split_leak.sample_id JOIN sample AS other ON other.id = split_leak.other_id
WHERE sample.run_id = (SELECT id FROM current_run)
UNION ALL
SELECT sample.path, database || ': ' || foreign_copy.path, kind FROM foreign_copy
JOIN sample ON sample.id = foreign_copy.sample_id WHERE run_id = (SELECT id FROM current_run) ORDER BY 1, 2;
CREATE VIEW q_issues AS
SELECT code, count(*) AS images, round(avg(confidence), 2) AS confidence, round(avg(strength), 2) AS strength
FROM issue JOIN sample ON sample.id = sample_id WHERE run_id = (SELECT id FROM current_run)
GROUP BY code ORDER BY images DESC, code;
CREATE VIEW q_damaged AS
SELECT path, round(confidence, 2) AS confidence, damage_kind, round(damage, 2) AS votes, round(oddness, 1) AS oddness, issues
FROM samples WHERE confidence IS NOT NULL ORDER BY confidence DESC, damage DESC LIMIT 50;
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
-- Of several decisions about one content the newest holds.
CREATE VIEW q_decisions AS
SELECT path, verdict, reason, who, at, id = (
  SELECT max(newest.id) FROM decision AS newest WHERE newest.sha256 = decision.sha256 AND newest.undone_at IS NULL) AS holds
FROM decision WHERE undone_at IS NULL ORDER BY at DESC, id DESC;
CREATE VIEW q_regions AS
SELECT region, count(*) AS n FROM (SELECT sample_id, region, max(share_se) FROM region
  JOIN flagged AS f ON f.id = sample_id GROUP BY sample_id) GROUP BY region ORDER BY n DESC;
