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
  private let samples: SampleList
  private let references: SampleList
  /// For each sample the place of its reference, -1 where it has none.
  private let places: [Int32]
  /// Samples that have a reference.
  package let paired: Int
  /// References that no sample asks for.
  package let unused: Int
  /// Samples that have none.
  private let missing: NamedFew
  /// Samples whose name leads to several references, of which the first by path was taken.
  private let ambiguous: NamedFew

  /// - Throws: `AuditError` where the folder cannot be walked, or where no sample has a reference.
  package init(samples: SampleList, folder: String, rule: PairingRule) throws {
    root = try DatasetFolder.resolve(folder)
    let walk = try DatasetWalk(root: PathText.bytes(of: root), rules: Pairing.everyPicture, containers: containers)
    let keyings = try Pairing.keyings(rule)
    let tables = try keyings.map { try PairKeys(of: walk.samples, $0) }
    var places: [Int32] = []
    var isUsed = Array(repeating: false, count: walk.samples.count)
    var (missing, ambiguous) = (NamedFew(), NamedFew())
    places.reserveCapacity(samples.count)
    for sample in samples {
      let found = try zip(keyings, tables).lazy.compactMap { keying, table in
        try keying(sample.path).flatMap { table.references($0.bytes) }
      }.first
      places.append(found.map { Int32($0.first) } ?? -1)
      guard let found else {
        missing.add(sample.path)
        continue
      }
      isUsed[found.first] = true
      if found.isAmbiguous { ambiguous.add(sample.path) }
    }
    (self.samples, references, self.places) = (samples, walk.samples, places)
    (self.missing, self.ambiguous) = (missing, ambiguous)
    paired = samples.count - missing.count
    unused = isUsed.count { !$0 }
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
  package func reference(of sample: Sample) -> Sample? { samples.place(of: sample.path).flatMap { reference(at: $0) } }

  private func reference(at place: Int) -> Sample? { places[place] < 0 ? nil : references[Int(places[place])] }

  /// "paired: 9,870 of 9,912 have a reference; 42 missing (first: a.jpg, b.jpg); 17 references without an image".
  package var note: String {
    var text =
      "paired: \(paired.formattedWithCommas) of \((paired + missing.count).formattedWithCommas) have a reference"
    if missing.count > 0 {
      text +=
        "; \(missing.count.formattedWithCommas) missing (first: "
        + missing.first.map(\.printable).joined(separator: ", ") + ")"
    }
    if let first = ambiguous.first.first {
      let taken = samples.place(of: first).flatMap { reference(at: $0) }?.path.printable ?? ""
      text +=
        "; several fit \(ambiguous.count.formattedWithCommas) of them, and the first by name was taken "
        + "(\(first.printable): \(taken))"
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

  fileprivate typealias Keying = (SamplePath) throws -> SamplePath?

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

/// How many there are, and the first of them.
private struct NamedFew {
  private(set) var count = 0
  private(set) var first: [SamplePath] = []

  mutating func add(_ path: SamplePath) {
    if first.count < 3 { first.append(path) }
    count += 1
  }
}

/// References by what their names lead to, in one piece of memory.
private struct PairKeys {
  private var bytes: [UInt8] = []
  /// Where each key ends, and whose it is; in the order of the references.
  private var ends: [Int] = []
  private var places: [Int32] = []
  /// The keys in the order of their bytes, equal ones in that of the references.
  private var order: [Int32] = []

  init(of references: SampleList, _ keying: Pairing.Keying) throws {
    for (place, reference) in references.enumerated() {
      guard let key = try keying(reference.path) else { continue }
      bytes += key.bytes
      ends.append(bytes.count)
      places.append(Int32(place))
    }
    let keys = self
    order = places.indices.map { Int32($0) }.sorted { keys.isBefore($0, $1) }
  }

  /// The first reference with a key, and whether others have it; nil where none has.
  func references(_ key: [UInt8]) -> (first: Int, isAmbiguous: Bool)? {
    var (low, high) = (0, order.count)
    while low < high {
      let middle = low + (high - low) / 2
      if self.key(order[middle]).lexicographicallyPrecedes(key) { low = middle + 1 } else { high = middle }
    }
    let found = order[low...].prefix(2).prefix { self.key($0).elementsEqual(key) }
    return found.first.map { (Int(places[Int($0)]), found.count > 1) }
  }

  private func isBefore(_ left: Int32, _ right: Int32) -> Bool {
    let (first, second) = (key(left), key(right))
    return first.elementsEqual(second) ? left < right : first.lexicographicallyPrecedes(second)
  }

  private func key(_ number: Int32) -> ArraySlice<UInt8> {
    bytes[(number == 0 ? 0 : ends[Int(number) - 1])..<ends[Int(number)]]
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
