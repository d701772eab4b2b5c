import AuditCore
import AuditDigest
import AuditImages
import Foundation

/// What the samples of a scan are compared with.
package enum ReferenceKind: Sendable, Equatable {
  /// A robust low-rank model that is fitted on the dataset itself.
  case lowRank
  /// A low-rank model from `audit fit`.
  case frozen(file: String)
  /// A folder with one reference per sample.
  case paired(folder: String, by: PairingRule, strict: Bool)
  /// One picture for all.
  case single(file: String)

  /// Whether only residuals are known, so that no sample is dropped unless the user drew the line (`skew.md` 9).
  package var knowsResidualsOnly: Bool {
    switch self {
    case .lowRank, .frozen: false
    case .paired, .single: true
    }
  }

  /// What goes into the settings of the run: equal text, equal references.
  func identity() throws(AuditError) -> String {
    switch self {
    case .lowRank: return "low-rank"
    case .frozen(let file): return "low-rank model \(try ReferenceKind.digest(of: file))"
    case .paired(let folder, let rule, let strict):
      return "paired folder \(try DatasetFolder.resolve(folder)) by \(rule.text)\(strict ? ", strict" : "")"
    case .single(let file): return "file \(try ReferenceKind.digest(of: file))"
    }
  }

  /// The bytes of a file that the user named.
  static func content(of file: String) throws(AuditError) -> [UInt8] {
    var bytes: [UInt8] = []
    do throws(SampleIssue) {
      try readFile(Array(file.utf8), into: &bytes)
    } catch {
      throw AuditError(error, file: file)
    }
    return bytes
  }

  private static func digest(of file: String) throws(AuditError) -> String {
    hexadecimal(sha256(try content(of: file)))
  }
}

extension AuditError {
  /// Trouble with a file that the user named, and without which the command cannot go on.
  init(_ issue: SampleIssue, file: String) {
    self = .unreadable(
      path: file, cause: issue.code.meaning + (issue.detail.isEmpty ? "" : " (\(issue.detail))"))
  }
}
