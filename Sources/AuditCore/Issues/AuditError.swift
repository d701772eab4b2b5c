import Glibc

/// What ends a command. Trouble with one sample never does: that is a `SampleIssue`, a row in the database.
///
/// A case says what kind of trouble it is and holds what it is about; `sentence` says it to a person in the same three
/// parts for all: what happened, what was left as it was, and what to do.
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
  case databaseIsNewer(path: String, found: Int, known: Int)
  case databaseLocked(path: String, holder: String)
  case databaseInDataset(path: String)
  /// - Parameter remedy: nil for what `audit scan` takes.
  case settingsChanged(run: String, differences: String, remedy: String? = nil)

  case fileNotFound(path: String)
  case unreadable(path: String, cause: String)
  /// A file or folder is not what it was named as.
  ///
  /// - Parameter finding: what is said behind its name: "is no COCO file".
  case wrongFile(path: String, finding: String, safe: Untouched? = nil, remedy: String? = nil)
  /// A line of a file that cannot be taken; counted from 1.
  case wrongLine(file: String, line: Int, finding: String, safe: Untouched? = nil, remedy: String? = nil)
  /// What audit wrote once is damaged.
  case damaged(_ what: String, cause: String? = nil, remedy: String)
  /// What audit wrote is of a version that this one does not read.
  case otherVersion(of: String, found: String, known: String, remedy: String)
  /// What a child process said of a network that it cannot run; its words have come over a pipe.
  case network(_ words: String)

  case diskFull(path: String, safe: Int)
  case noWritablePlace(tried: [String])
  /// The system refuses to write.
  case cannotWrite(_ what: String, cause: String, safe: Untouched? = nil, remedy: String? = nil)
  /// Nothing is written there: it is in or around the dataset, or something lies there.
  ///
  /// - Parameter finding: what is said behind the name of the place.
  case placeRefused(path: String, finding: String, safe: Untouched? = nil, remedy: String)

  /// An option or an argument that cannot be meant, or does not go with the others.
  case usage(_ problem: String, remedy: String? = nil)
  /// A name that nothing has: the nearest that exist are offered, else all of them, else `remedy`.
  case unknownName(_ problem: String, near: [String] = [], known: [String] = [], remedy: String? = nil)
  /// A question in SQL that is not put to the database, or that SQLite does not understand.
  case question(_ problem: String, remedy: String? = nil)
  /// The run, the set or the machine does not have what the command needs.
  case lacking(_ problem: String, safe: Untouched? = nil, remedy: String? = nil)
  /// A mistake of audit itself.
  case internalError(_ what: String)

  /// What is as it was before the command.
  package enum Untouched: String, Sendable, CaseIterable {
    case nothingWritten = "nothing was written"
    case nothingMade = "nothing was made"
    case nothingChanged = "nothing was changed"
    case nothingMoved = "nothing was moved"
    case nothingDecided = "nothing was decided"
    case nothingOverwritten = "nothing is overwritten"
    case leftAlone = "it was left alone"
  }

  /// An error in its three parts.
  package struct Sentence: Sendable, Equatable {
    /// What happened, and to what.
    package let problem: String
    package let safe: Untouched?
    /// What to do about it.
    package let remedy: String?

    package init(_ problem: String, safe: Untouched? = nil, remedy: String? = nil) {
      (self.problem, self.safe, self.remedy) = (problem, safe, remedy)
    }
  }
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
      ? .folderNotFound(of: path)
      : .cannotWrite("'\(path)'", cause: String(cString: strerror(code)), remedy: remedy)
  }

  /// That a file would lie in a folder which is not there.
  package static func folderNotFound(of path: String) -> AuditError {
    .lacking("no folder '\(FilePath.folder(of: path))' to write '\(path)' into", remedy: "make it first")
  }

  /// The same of the file that a person knows, where another was looked at in its place.
  package func naming(_ path: String, insteadOf copy: String) -> AuditError {
    switch self {
    case .wrongFile(copy, let finding, let safe, let remedy):
      .wrongFile(path: path, finding: finding, safe: safe, remedy: remedy)
    case .network(let words): .network(words.replacing(copy, with: path))
    default: self
    }
  }
}

extension AuditError: CustomStringConvertible {
  /// For a person: what happened, to which file, and what to do about it.
  package var description: String {
    let sentence = sentence
    return [sentence.problem, sentence.safe?.rawValue, sentence.remedy].compactMap { $0 }.joined(separator: "; ")
  }

  package var sentence: Sentence {
    let give = "give the folder that holds the images"
    return switch self {
    case .datasetNotFound(let path, let near?): Sentence("no such folder: '\(path)'  (did you mean '\(near)'?)")
    case .datasetNotFound(let path, nil): Sentence("no such folder: '\(path)'", remedy: give)
    case .datasetNotAFolder(let path): Sentence("'\(path)' is a file, not a folder", remedy: give)
    case .datasetNotReadable(let path):
      Sentence("the folder '\(path)' may not be read by this user", remedy: "run audit as its owner, or chmod it")
    case .noImages(let path, let looked): Sentence("no images found in '\(path)' (\(looked))")
    case .databaseNotFound(let path):
      Sentence("no database at '\(path)'", remedy: "make one with: audit scan FOLDER --db \(quoted(path))")
    case .notADatabase(let path):
      Sentence(
        "'\(path)' is not a database of audit", safe: .nothingChanged,
        remedy: "give one that a scan wrote, or another place for a new one")
    case .databaseDamaged(let path, let cause):
      Sentence(
        "the database '\(path)' is damaged (\(cause))", remedy: "restore a copy, or move it away and scan again")
    case .databaseIsAFolder(let path, let near):
      Sentence(
        "'\(path)' is a folder",
        remedy: "give the database that a scan of it wrote"
          + (near.map { ": '\($0)'" } ?? ", or make one with: audit scan \(quoted(path))"))
    case .databaseIsNewer(let path, let found, let known):
      Sentence(
        "'\(path)' was written by a newer audit (schema \(found); this one knows \(known))",
        remedy: "update audit, or take another database")
    case .databaseLocked(let path, let holder):
      Sentence("another audit (\(holder)) is writing '\(path)'", remedy: "wait for it, or take another database")
    case .databaseInDataset(let path):
      Sentence(
        "the database '\(path)' would lie inside the dataset, and audit never writes there",
        remedy: "give a place elsewhere")
    case .settingsChanged(let run, let differences, let remedy):
      Sentence(
        "run \"\(run)\" used other settings (\(differences))",
        remedy: remedy ?? "use --name for a second run, or --fresh to start anew")
    case .fileNotFound(let path): Sentence("no such file: '\(path)'")
    case .unreadable(let path, let cause): Sentence("cannot read '\(path)': \(cause)")
    case .wrongFile(let path, let finding, let safe, let remedy):
      Sentence("'\(path)' \(finding)", safe: safe, remedy: remedy)
    case .wrongLine(let file, let line, let finding, let safe, let remedy):
      Sentence("line \(line) of '\(file)' \(finding)", safe: safe, remedy: remedy)
    case .damaged(let what, let cause, let remedy):
      Sentence("\(what) is damaged\(cause.map { ": " + $0 } ?? "")", remedy: remedy)
    case .otherVersion(let what, let found, let known, let remedy):
      Sentence("\(what) has version \(found); this audit knows \(known)", remedy: remedy)
    case .network(let words): Sentence(words)
    case .diskFull(let path, let safe):
      Sentence(
        "disk full while writing '\(path)': \(counted(safe, "image")) \(safe == 1 ? "is" : "are") safe",
        remedy: "free space and run the same command")
    case .noWritablePlace(let tried):
      Sentence(
        "no place to write the database (tried \(tried.map { "'\($0)'" }.joined(separator: ", ")))",
        remedy: "give one with --db")
    case .cannotWrite(let what, let cause, let safe, let remedy):
      Sentence("cannot write \(what): \(cause)", safe: safe, remedy: remedy)
    case .placeRefused(let path, let finding, let safe, let remedy):
      Sentence("'\(path)' \(finding)", safe: safe, remedy: remedy)
    case .usage(let problem, let remedy), .question(let problem, let remedy): Sentence(problem, remedy: remedy)
    case .unknownName(let problem, let near, let known, let remedy):
      Sentence(problem, remedy: AuditError.offer(near, known, remedy))
    case .lacking(let problem, let safe, let remedy): Sentence(problem, safe: safe, remedy: remedy)
    case .internalError(let what):
      Sentence("\(what), which is a mistake of audit itself", remedy: "report it with the command that was run")
    }
  }

  /// What is said behind a name that nothing has.
  private static func offer(_ near: [String], _ known: [String], _ remedy: String?) -> String? {
    if !near.isEmpty { return "did you mean \(near.joined(separator: ", "))?" }
    if known.isEmpty { return remedy }
    return "there are \(known.joined(separator: ", "))\(remedy.map { ", " + $0 } ?? "")"
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
