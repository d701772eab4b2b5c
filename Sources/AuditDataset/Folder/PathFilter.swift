package import AuditCore

/// What `--include` and `--exclude` leave of a folder. A path is taken if some include fits it or a folder above it
/// (or there is none), and no exclude does.
package struct PathFilter: Sendable, Equatable {
  private let includes: [PathPattern]
  private let excludes: [PathPattern]
  /// Names with a leading dot that an include asks for.
  private let hidden: [PathPattern]

  /// - Throws: `AuditError` where a text is no pattern.
  package init(include: [String] = [], exclude: [String] = []) throws(AuditError) {
    var (includes, excludes, hidden) = ([PathPattern](), [PathPattern](), [PathPattern]())
    for text in include {
      let pattern = try PathPattern(text)
      includes.append(pattern)
      hidden += try pattern.hiddenParts
    }
    for text in exclude { excludes.append(try PathPattern(text)) }
    (self.includes, self.excludes, self.hidden) = (includes, excludes, hidden)
  }

  /// Takes everything.
  init() { (includes, excludes, hidden) = ([], [], []) }

  /// Whether every name is taken without a look.
  var isEmpty: Bool { includes.isEmpty && excludes.isEmpty }

  /// Whether an include asks for this name although it begins with a dot.
  func wantsHidden(_ name: [UInt8]) -> Bool {
    guard !hidden.isEmpty else { return false }
    let letters = [PathPattern.letters(name)]
    return hidden.contains { $0.fits(letters[...]) }
  }

  /// The exclude that fits a folder, so that it need not be entered.
  func exclude(ofFolder path: [UInt8]) -> PathPattern? {
    guard !excludes.isEmpty else { return nil }
    let names = PathFilter.names(path)
    return excludes.first { $0.fits(names[...]) }
  }

  /// What keeps a file of an entered folder out: the exclude that fits, `--include` where none of them does, or nothing.
  func reason(against path: [UInt8]) -> String? {
    if isEmpty { return nil }
    let names = PathFilter.names(path)
    if let pattern = excludes.first(where: { !$0.isForFolders && $0.fits(names[...]) }) { return pattern.text }
    let isTaken =
      includes.isEmpty
      || includes.contains { pattern in
        names.indices.contains { end in
          (end < names.count - 1 || !pattern.isForFolders) && pattern.fits(names[...end])
        }
      }
    return isTaken ? nil : "--include"
  }

  /// What keeps a file of a list out, whose folders were not entered one by one.
  func reason(againstListed path: [UInt8]) -> String? {
    if isEmpty { return nil }
    let names = PathFilter.names(path)
    for end in names.indices.dropLast() {
      if let pattern = excludes.first(where: { $0.fits(names[...end]) }) { return pattern.text }
    }
    return reason(against: path)
  }

  private static func names(_ path: [UInt8]) -> [[UInt32]] {
    path.split(separator: UInt8(ascii: "/")).map { PathPattern.letters($0) }
  }
}
