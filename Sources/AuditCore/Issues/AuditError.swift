import Glibc

/// What ends a command. Trouble with one sample never does: that is a `SampleIssue`, a row in the database.
package enum AuditError: Error, Equatable {
  case datasetNotFound(path: String, near: String?)
  case datasetNotAFolder(path: String)
  case datasetNotReadable(path: String)
  case noImages(path: String, looked: String)
  case databaseNotFound(path: String)
  case notADatabase(path: String)
  case databaseDamaged(path: String, cause: String)
  /// `near` is a database of that folder, where there is one.
  case databaseIsAFolder(path: String, near: String?)
  case fileNotFound(path: String)
  case databaseIsNewer(path: String, found: Int, known: Int)
  case databaseLocked(path: String, holder: String)
  case databaseInDataset(path: String)
  case diskFull(path: String, safe: Int)
  case noWritablePlace(tried: [String])
  case settingsChanged(run: String, differences: String)
  case unreadable(path: String, cause: String)
  case other(String)
}

extension AuditError {
  /// Why a file that a person named cannot be opened.
  ///
  /// - Parameter code: the system's error number.
  package static func cannotOpen(_ path: String, _ code: Int32) -> AuditError {
    code == ENOENT ? .fileNotFound(path: path) : .unreadable(path: path, cause: String(cString: strerror(code)))
  }

  /// Why a file that a person named cannot be made.
  ///
  /// - Parameters:
  ///   - code: the system's error number.
  ///   - remedy: what to do where its folder is there.
  package static func cannotMake(_ path: String, _ code: Int32, remedy: String) -> AuditError {
    code == ENOENT
      ? .folderNotFound(of: path) : .other("cannot write '\(path)': \(String(cString: strerror(code))); \(remedy)")
  }

  /// That a file would lie in a folder which is not there.
  package static func folderNotFound(of path: String) -> AuditError {
    .other("no folder '\(FilePath.folder(of: path))' to write '\(path)' into; make it first")
  }
}

extension AuditError: CustomStringConvertible {
  /// For a person: what happened, to which file, and what to do about it.
  package var description: String {
    switch self {
    case .datasetNotFound(let path, let near):
      "no such folder: '\(path)'"
        + (near.map { "  (did you mean '\($0)'?)" } ?? "; give the folder that holds the images")
    case .datasetNotAFolder(let path):
      "'\(path)' is a file, not a folder; give the folder that holds the images"
    case .datasetNotReadable(let path):
      "the folder '\(path)' may not be read by this user; run audit as its owner, or chmod it"
    case .noImages(let path, let looked):
      "no images found in '\(path)' (\(looked))"
    case .databaseNotFound(let path):
      "no database at '\(path)'; make one with: audit scan FOLDER --db \(quoted(path))"
    case .notADatabase(let path):
      "'\(path)' is not a database of audit; nothing was changed; give another --db"
    case .databaseDamaged(let path, let cause):
      "the database '\(path)' is damaged (\(cause)); restore a copy, or move it away and scan again"
    case .databaseIsAFolder(let path, let near):
      "'\(path)' is a folder; give the database that a scan of it wrote"
        + (near.map { ": '\($0)'" } ?? ", or make one with: audit scan \(quoted(path))")
    case .fileNotFound(let path):
      "no such file: '\(path)'"
    case .databaseIsNewer(let path, let found, let known):
      "'\(path)' was written by a newer audit (schema \(found); this one knows \(known)); "
        + "update audit or give another --db"
    case .databaseLocked(let path, let holder):
      "another audit (\(holder)) is writing '\(path)'; wait for it, or give another --db"
    case .databaseInDataset(let path):
      "the database '\(path)' would lie inside the dataset, and audit never writes there; give a --db elsewhere"
    case .diskFull(let path, let safe):
      "disk full while writing '\(path)': \(counted(safe, "image")) \(safe == 1 ? "is" : "are") safe; "
        + "free space and run the same command"
    case .noWritablePlace(let tried):
      "no place to write the database (tried \(tried.map { "'\($0)'" }.joined(separator: ", "))); give one with --db"
    case .settingsChanged(let run, let differences):
      "run \"\(run)\" used other settings (\(differences)); use --name for a second run, or --fresh to start anew"
    case .unreadable(let path, let cause):
      "cannot read '\(path)': \(cause)"
    case .other(let text): text
    }
  }
}

extension Int {
  /// 11842 as `11,842`, the same in every locale.
  package var formattedWithCommas: String {
    let digits = String(magnitude)
    var out = ""
    for (position, digit) in digits.enumerated() {
      if position > 0, (digits.count - position) % 3 == 0 { out.append(",") }
      out.append(digit)
    }
    return (self < 0 ? "-" : "") + out
  }
}
