import AuditCore
import AuditStore
import Foundation

/// What `apply` does with a file.
package enum ApplyAction: String, Sendable, Codable, CaseIterable {
  case move, symlink, hardlink

  /// move, moving, moved: for sentences.
  package var past: String {
    switch self {
    case .move: "moved"
    case .symlink: "linked (symbolic)"
    case .hardlink: "linked (hard)"
    }
  }
}

/// The first line of a journal.
struct JournalHead: Codable, Equatable {
  /// Marks the file as ours.
  var audit = "journal"
  /// Number of this layout.
  var schema = 1
  let action: ApplyAction
  /// Absolute path of the folder that files are taken from.
  let dataset: String
  /// Absolute path of the folder that they go to.
  let target: String
  let run: String
  /// UTC, ISO 8601.
  let at: String
  /// Names the pieces of copies; nil in journals of an older audit.
  var token: String?
}

extension JournalHead {
  /// Whether an apply can have written it: both folders are given from the root, and neither lies in the other.
  var isPossible: Bool {
    let folders = [dataset, target].map { PathText.bytes(of: $0) }
    return folders.allSatisfy { $0.first == 0x2F && FilePath.staysInside(Array($0.dropFirst())) }
      && !FilePath.contains(dataset, target) && !FilePath.contains(target, dataset)
  }

  /// Whether an apply can have made a folder: one in the target, the target, or one above it.
  func canHaveMade(_ folder: [UInt8]) -> Bool {
    guard folder.first == 0x2F, FilePath.staysInside(Array(folder.dropFirst())) else { return false }
    let target = PathText.bytes(of: target)
    return FilePath.contains(target, folder) || FilePath.contains(folder, target)
  }
}

/// One step, written down before it is done.
package enum JournalEntry: Equatable {
  /// A folder that was not there.
  case folder(path: [UInt8])
  /// A file, by its path below both the dataset and the target.
  case file(path: [UInt8], File)

  /// What the file was when it went.
  package struct File: Equatable {
    let bytes: Int64
    /// Nanoseconds since 1970; see `FileTime`.
    let modified: Int64
    let sha256: String
  }

  var line: [UInt8] {
    var text = TextBuffer()
    switch self {
    case .folder(let path):
      text.add("{\"t\":\"folder\"")
      text.addPath(path)
    case .file(let path, let file):
      text.add("{\"t\":\"file\"")
      text.addPath(path)
      text.add(",\"bytes\":\(file.bytes),\"modified_ns\":\(file.modified),\"sha256\":\"\(file.sha256)\"")
    }
    text.add("}\n")
    return text.bytes
  }

  /// nil where the line is none of ours, such as the last one of a journal that was cut short.
  package init?(line: [UInt8]) {
    guard let object = JSONMembers(line), let path = JournalEntry.path(in: object) else { return nil }
    switch object["t"]?.text {
    case "folder": self = .folder(path: path)
    case "file":
      guard let bytes = object["bytes"]?.integer, let modified = object["modified_ns"]?.integer,
        let sha256 = object["sha256"]?.text, sha256.count == 64
      else { return nil }
      self = .file(path: path, File(bytes: bytes, modified: modified, sha256: sha256))
    default: return nil
    }
  }

  init(folder path: [UInt8]) { self = .folder(path: path) }

  private static func path(in object: JSONMembers) -> [UInt8]? {
    if let raw = object["path_b64"]?.text { return Data(base64Encoded: raw).map { Array($0) } }
    return object["path"]?.text.map { Array($0.utf8) }
  }
}

extension JSONMembers.Member {
  var integer: Int64? { Int64(String(decoding: value, as: UTF8.self)) }
}

extension TextBuffer {
  fileprivate mutating func addPath(_ bytes: [UInt8]) {
    let path = SamplePath(bytes: bytes)
    add(",\"path\":")
    addJSON(path.text)
    if !path.isText {
      add(",\"path_b64\":")
      addJSON(base64(path))
    }
  }
}
