import Foundation
import Testing

/// A text that was looked at and found good, kept beside the tests.
struct Snapshot {
  private static let renewal = "AUDIT_RENEW_SNAPSHOTS"
  private static let folder = Checkout.root.appendingPathComponent("Tests/AuditCLITests/Fixtures/Snapshots")

  private let name: String

  init(_ name: String) { self.name = name }

  /// Fails with the difference and the command that renews what is kept; under that command it is kept anew.
  func expect(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = Snapshot.folder.appendingPathComponent(name)
    if ProcessInfo.processInfo.environment[Snapshot.renewal] == "1" {
      try FileManager.default.createDirectory(at: Snapshot.folder, withIntermediateDirectories: true)
      return try Data(text.utf8).write(to: file)
    }
    let kept = FileManager.default.contents(atPath: file.path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    guard kept != text else { return }
    let difference = Snapshot.difference(kept.components(separatedBy: "\n"), text.components(separatedBy: "\n"))
    Issue.record(
      """
      Tests/AuditCLITests/Fixtures/Snapshots/\(name) is not what is printed now (- kept, + printed):
      \(difference)
      If that is as it should be: \(Snapshot.renewal)=1 swift test --filter SnapshotTests
      """, sourceLocation: sourceLocation)
  }

  /// The lines that went and came, with their numbers.
  static func difference(_ kept: [String], _ now: [String]) -> String {
    let changes = now.difference(from: kept)
    let lines = (Array(changes.removals) + Array(changes.insertions)).map { change -> (Int, Int, String) in
      switch change {
      case .remove(let line, let text, _): (line, 0, "- \(line + 1): \(text)")
      case .insert(let line, let text, _): (line, 1, "+ \(line + 1): \(text)")
      }
    }
    return lines.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2).joined(separator: "\n")
  }
}

/// The keys of a JSON document and the kinds of their values, one a line: what a program relies on.
struct JSONShape {
  private var lines: Set<String> = []

  init(_ text: String) throws {
    // A list of lines is a document as well.
    let documents = text.hasPrefix("{") && !text.contains("\n ") ? text.split(separator: "\n").map(String.init) : [text]
    for document in documents {
      add(try JSONSerialization.jsonObject(with: Data(document.utf8), options: .fragmentsAllowed), at: "")
    }
  }

  var text: String { lines.sorted().map { $0 + "\n" }.joined() }

  private mutating func add(_ value: Any, at path: String) {
    switch value {
    case let object as [String: Any]:
      if !path.isEmpty { lines.insert("\(path) object") }
      for (key, value) in object { add(value, at: path.isEmpty ? key : path + "." + JSONShape.general(key)) }
    case let list as [Any]:
      lines.insert("\(path) list")
      for item in list { add(item, at: path + "[]") }
    case is NSNull: lines.insert("\(path) null")
    case is String: lines.insert("\(path) string")
    default: lines.insert("\(path) number")
    }
  }

  /// A number as a key is an image's.
  private static func general(_ key: String) -> String { key.allSatisfy(\.isNumber) ? "N" : key }
}
