package import AuditCore
import Foundation

/// How a sample's name leads to its reference.
package enum PairingRule: Sendable, Equatable {
  /// The same relative path, else the same path without its extension.
  case automatic
  /// The same relative path.
  case path
  /// The same relative path without the extension.
  case stem
  /// What the pattern's first group (or its whole match) catches in either path must be equal.
  case pattern(String)

  /// - Throws: `AuditError` with what is accepted.
  package init(_ text: String) throws(AuditError) {
    switch text {
    case "auto": self = .automatic
    case "path": self = .path
    case "stem": self = .stem
    case _ where text.hasPrefix("regex:"):
      let pattern = String(text.dropFirst("regex:".count))
      do {
        _ = try Regex(pattern)
      } catch {
        throw .usage("--pair-by: '\(pattern)' is not a regular expression: \(error)")
      }
      self = .pattern(pattern)
    default: throw .usage("--pair-by takes auto, path, stem or regex:PATTERN; got '\(text)'")
    }
  }

  package var text: String {
    switch self {
    case .automatic: "auto"
    case .path: "path"
    case .stem: "stem"
    case .pattern(let pattern): "regex:\(pattern)"
    }
  }
}

/// Which reference belongs to which sample.
package struct Pairing: Sendable {
  /// Absolute path of the references' folder.
  package let root: String
  private let containers = OpenContainers()
  private let references: [SamplePath: Sample]
  /// Samples that have a reference, and those that have none.
  package let paired: Int
  package let missing: [SamplePath]
  /// References that no sample asks for.
  package let unused: Int
  /// Samples whose name leads to several references, of which the first by path was taken.
  package let ambiguous: [SamplePath]

  /// - Throws: `AuditError` where the folder cannot be walked, or where no sample has a reference.
  package init(samples: [Sample], folder: String, rule: PairingRule) throws {
    root = try DatasetFolder.resolve(folder)
    let walk = try DatasetWalk(root: PathText.bytes(of: root), rules: Pairing.everyPicture, containers: containers)
    let keyings = try Pairing.keyings(rule)
    let tables = try keyings.map { keying -> [SamplePath: (first: Sample, count: Int)] in
      var table: [SamplePath: (first: Sample, count: Int)] = [:]
      for reference in walk.samples {
        guard let key = try keying(reference.path) else { continue }
        table[key, default: (reference, 0)].count += 1
      }
      return table
    }
    var references: [SamplePath: Sample] = [:]
    var missing: [SamplePath] = []
    var ambiguous: [SamplePath] = []
    for sample in samples {
      let found = try zip(keyings, tables).lazy.compactMap { keying, table in
        try keying(sample.path).flatMap { table[$0] }
      }.first
      guard let found else {
        missing.append(sample.path)
        continue
      }
      references[sample.path] = found.first
      if found.count > 1 { ambiguous.append(sample.path) }
    }
    self.references = references
    self.missing = missing
    self.ambiguous = ambiguous
    paired = references.count
    unused = walk.samples.count - Set(references.values).count
    guard paired > 0 else {
      throw AuditError.lacking(
        "no image has a reference in '\(folder)' (paired by \(rule.text)): samples are named like "
          + "'\(samples.first?.path.printable ?? "")', references like "
          + "'\(walk.samples.first?.path.printable ?? "none")'", remedy: "say how they belong together with --pair-by")
    }
  }

  /// What reads the references.
  package func source(decoding: (any DecodingPool)? = nil) -> FolderSource {
    FolderSource(root: root, decoding: decoding, containers: containers)
  }

  /// The file as the walk found it.
  package func reference(of sample: Sample) -> Sample? { references[sample.path] }

  /// "paired: 9,870 of 9,912 have a reference; 42 missing (first: a.jpg, b.jpg); 17 references without an image".
  package var note: String {
    var text =
      "paired: \(paired.formattedWithCommas) of \((paired + missing.count).formattedWithCommas) have a reference"
    if !missing.isEmpty {
      text +=
        "; \(missing.count.formattedWithCommas) missing (first: "
        + missing.prefix(3).map(\.printable).joined(separator: ", ") + ")"
    }
    if let first = ambiguous.first {
      text +=
        "; several fit \(ambiguous.count.formattedWithCommas) of them, and the first by name was taken "
        + "(\(first.printable): \(references[first]?.path.printable ?? ""))"
    }
    if unused > 0 {
      text += "; \(counted(unused, "reference")) without an image"
    }
    return text
  }

  /// A mask may be what an image is compared with.
  private static var everyPicture: WalkRules {
    var rules = WalkRules()
    rules.withSidecars = true
    return rules
  }

  private typealias Keying = (SamplePath) throws -> SamplePath?

  private static func keyings(_ rule: PairingRule) throws -> [Keying] {
    let whole: Keying = { $0 }
    let stem: Keying = { $0.withoutExtension }
    switch rule {
    case .automatic: return [whole, stem]
    case .path: return [whole]
    case .stem: return [stem]
    case .pattern(let pattern):
      let regex = try Regex(pattern)
      return [
        { path in
          guard let match = try regex.firstMatch(in: path.text) else { return nil }
          let caught = match.output.count > 1 ? match.output[1].substring : match.output[0].substring
          return caught.map { SamplePath(String($0)) }
        }
      ]
    }
  }
}

extension SamplePath {
  /// The path up to the last dot of the file name.
  var withoutExtension: SamplePath {
    let start = bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    guard let dot = bytes[start...].lastIndex(of: UInt8(ascii: ".")), dot > start else { return self }
    return SamplePath(bytes: Array(bytes[..<dot]))
  }
}
