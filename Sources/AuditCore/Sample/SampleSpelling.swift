/// The ways in which a person names a file of a dataset.
package enum SampleSpelling {
  /// Paths relative to the dataset that the words may mean, the likeliest first: as they stand, without `./`, and as they
  /// lie on the disk, seen from the working directory or from the root, with and without links resolved.
  ///
  /// - Throws: `AuditError` where they are seen from a working folder that was removed.
  package static func candidates(for wanted: String, in dataset: String) throws(AuditError) -> [String] {
    try FilePath.refuseNowhere(wanted)
    var found = [wanted]
    if wanted.hasPrefix("./") { found.append(String(wanted.dropFirst(2))) }
    let place = wanted.hasPrefix("/") ? wanted : FilePath.joined(FilePath.workingFolder ?? ".", wanted)
    // The file itself may be a link that leads out of the dataset: only its folder is resolved as well.
    let resolved = FilePath.joined(FilePath.resolved(FilePath.folder(of: place)), FilePath.name(of: place))
    for root in [dataset, FilePath.resolved(dataset)] {
      found += [plain(place), resolved, FilePath.resolved(place)].compactMap { FilePath.inside(root, $0) }
    }
    var seen = Set<String>()
    return found.filter { seen.insert($0).inserted }
  }

  /// Without `.` and `..`, as the words stand.
  private static func plain(_ path: String) -> String {
    var parts: [String] = []
    // Scalars: a slash with a combining mark behind it is one `Character`.
    for part in path.unicodeScalars.split(separator: "/").map(String.init) where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }
}
