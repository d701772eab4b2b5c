import AuditCore
package import AuditStore

extension RunSummary {
  /// That the folder is gone, or images which the summary names lie no longer where they were scanned, as after an
  /// `audit apply`, and what to do; nil where all are there. Of a million files no more are looked for.
  package func goneSince(_ store: Store) throws -> String? {
    let named = top.map { SamplePath(bytes: PathText.bytes(of: $0.operand)) }
    let place = try DatasetPlace(store, run: runID)
    if !place.isReachable, FilePath.status(of: place.path) == nil {
      return
        "'\(SamplePath(place.path).printable)' is not there: the results are of what lay there; "
        + "where it lies elsewhere now, go on with: audit scan FOLDER --db \(quotedFile(store.path))"
    }
    let gone = place.gone(named)
    guard let first = gone.first else { return nil }
    let command = commands.scan.map { ": " + $0 } ?? " " + commands.scanInWords
    let verb = gone.count == 1 ? "is" : "are"
    return "\(gone.count) of the \(counted(named.count, "image")) listed \(verb) no longer in "
      + "'\(SamplePath(place.path).printable)' (first: \(first.printable)): moved, as by audit apply, or removed; the "
      + "results are still of all files; bring them up to date with" + command
  }
}
