/// The names that somebody may have meant.
package enum Spelling {
  /// At most three names, nearest first: at most a third of the letters differ, or one holds the other.
  package static func nearest(to wanted: String, in names: [String]) -> [String] {
    let wanted = Array(wanted.lowercased())
    let scored = names.compactMap { name -> (Int, String)? in
      let letters = Array(name.lowercased())
      let distance = editDistance(wanted, letters)
      let holds = wanted.count >= 3 && letters.count >= 3 && (contains(letters, wanted) || contains(wanted, letters))
      guard distance <= max(1, wanted.count / 3) || holds else { return nil }
      return (distance, name)
    }
    return scored.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.prefix(3).map(\.1)
  }

  private static func contains(_ whole: [Character], _ part: [Character]) -> Bool {
    whole.count >= part.count
      && (0...(whole.count - part.count)).contains { Array(whole[$0..<($0 + part.count)]) == part }
  }

  /// Insertions, deletions, replacements, and two neighbours that changed places.
  static func editDistance(_ left: [Character], _ right: [Character]) -> Int {
    var (before, row) = ([Int](), Array(0...right.count))
    for (i, a) in left.enumerated() {
      var next = [i + 1]
      for (j, b) in right.enumerated() {
        var distance = min(row[j] + (a == b ? 0 : 1), row[j + 1] + 1, next[j] + 1)
        if i > 0, j > 0, a == right[j - 1], b == left[i - 1] { distance = min(distance, before[j - 1] + 1) }
        next.append(distance)
      }
      (before, row) = (row, next)
    }
    return row[right.count]
  }
}
