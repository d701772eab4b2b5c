/// What each command prints as JSON: `audit help json`.
enum JSONHelp {
  static let text = """
    JSON: what each command prints for programs

    NAMES
      Keys are written like the columns of the database: snake_case. A key whose value is
      not known is left out, except where a row of the database is printed: there it is
      null. `schema` is the number of a layout; it grows when a key changes its meaning,
      and not when a key is added. Shares are 0...1. Paths are as in view `samples`.

    audit scan FOLDER --json
      One object: schema, run, run_id, is_current_run, status, dataset, database, version,
      seed, digest; planned, scored, failed, identities, identities_are_folders (else a list or a pattern names
      people), splits (images of train, validation, test), duplicates; sizes, size_count,
      formats, conversions, headers (faces by the program that cut them out); model, worst,
      verdicts, remedies, advice (remedies, recommended, ground, drops, least_gain,
      estimate_change, training_change), command; scan_command (goes
      on with the run; none where the run does not tell all that was given), scan_in_words (the same
      for a sentence), scan_anew_command (a new run, with a model of its own); excerpt (rows that are
      here, samples of the run, place of all rows; of a run whose rows are not all here); damage (share, threshold, flagged, kinds:
      kind, words, share, recall), issues (code, severity, images), set_issues, looks_at_pictures,
      issues_count_by (what chose the issues that count as drop or review), copies
      (groups, copies, runs, frames, leaks, foreign, databases); top (the images of highest skew); misfit (share of the images
      outside the cut of a model that does not fit the set);
      failures_by_code, failures, folder_issues, folder_issue_count; left_out (kind, name,
      files, folders, example).

    audit show DB --json
      The same object, from the database alone.

    audit explain DB PATH --json
      One object: schema, id, run, dataset, path, width, height, format, bytes, sha256,
      identity, paired_path, duplicate_of; verdict, proposal, rule, reason, caution, decision; skew, ratio,
      alike, pull_squared, pull_absolute, weight, orthogonal_distance, orthogonal_cut,
      score_distance, score_cut, nearest, outlier_class; standing and metrics (name,
      meaning, unit, value, percentile, rank, of); shares, regions (16, row by row),
      border, issues (code, severity, detail, meaning, remedy, confidence), neighbour.

    audit explain WORD --json
      One object: name, kind, meaning, remedy, severity, page. Of a metric, what
      `audit metrics list --json` says of it. Of an issue with a database before it also in_set:
      run, is_known, images, scored, confidence, threshold, statistics (name, usual, spread),
      found (words, recall), of_all, examples (path, detail, confidence).

    audit compare DB --json
      One object: schema, before and after (database, run, dataset, started, digest, model,
      images, verdicts, figures, remedies), datasets_differ, settings_differ, models_differ;
      common, gone, new, renamed, content_changed; verdict_changes; better, worse,
      top_better, top_worse; outcome, conclusion.

    audit check DB --fail-on 'drop>0' --output-format json
      One object: schema, run, dataset, passed, gates (gate, value, limit, is_crossed,
      sentence).

    audit metrics list --json
      An array of objects: name, version, family, unit, low, high, direction, parameters,
      meaning, formula, source, is_default, milliseconds_per_image (with --bench).

    audit metric REFERENCE IMAGE --json
      One object: a number, or null, under the name of each metric.

    audit sql DB "SELECT path, skew FROM samples" --json
      An array of objects with the columns of the question; --nl prints an object a line.

    audit export DB --format jsonl
      An object a line: the columns of view `samples`. Table `metric` explains them.

    audit report DB -o report.json
      Everything on the page as one object, which the page itself holds too: schema, tone,
      run_id, summary (that of `audit show DB --json`), sentences, concentration, cut,
      issue_galleries, copy_groups, worst (tiles), galleries (tiles: path, skew, ratio, alike,
      pull_squared, orthogonal_distance, verdict,
      proposal, reason, region, region_share, issues), outliers, agreement, learning,
      issues, groups (count, alone, shown), unreadable, method, reference, limits.

    audit scan FOLDER --progress json
      On standard error, an object a second: t, phase, done, total, eta_s, detail, rate,
      errors, flagged.
    """

  /// Whether the words ask for this page.
  static func isAsked(by arguments: [String]) -> Bool { arguments == ["help", "json"] }
}
