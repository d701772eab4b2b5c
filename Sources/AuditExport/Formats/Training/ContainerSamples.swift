import AuditCore
import AuditDataset
import AuditImages
import AuditStore
import Foundation

/// How names say which files of a container belong together: a picture, its caption, its label, its mask.
enum SampleNaming {
  /// As WebDataset takes a tar apart: the name up to the first dot behind the last slash.
  case key
  /// The name up to its last dot.
  case stem

  /// Tars are read by WebDataset, unless that would take most of the pictures for one sample: then their names hold dots
  /// of their own.
  init(_ kind: ContainerKind?, pictures: [[UInt8]]) {
    let keys = Set(pictures.map { SampleNaming.key.sample(of: $0) })
    self = kind == .tar && 2 * keys.count >= pictures.count ? .key : .stem
  }

  func sample(of name: [UInt8]) -> [UInt8] { sample(ofStem: FilePath.stem(of: name)) }

  /// - Parameter name: without its last ending.
  func sample(ofStem name: [UInt8]) -> [UInt8] {
    switch self {
    case .stem: return name
    case .key:
      let start = name.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
      return Array(name[..<(name[start...].firstIndex(of: UInt8(ascii: ".")) ?? name.endIndex)])
    }
  }
}

/// The images of a run that lie in one container.
struct ContainerSamples {
  /// Relative to the dataset; empty where it is the dataset itself.
  let container: [UInt8]
  /// Absolute.
  let place: [UInt8]
  /// Names in the container, each with whether it stays.
  private(set) var pictures: [[UInt8]: Bool] = [:]
  /// When the container was changed last as the scan saw it; nil where that is not known or not one time.
  private var modified: Int64?
  private var isOfOneTime = true

  init(container: [UInt8], place: [UInt8]) { (self.container, self.place) = (container, place) }

  fileprivate mutating func add(_ member: [UInt8], stays: Bool, modified time: Int64?) {
    if pictures.isEmpty { modified = time }
    if time != modified { isOfOneTime = false }
    pictures[member] = stays
  }

  /// Opens the container that was scanned.
  ///
  /// - Throws: `AuditError` where it cannot be read, or is another one now: nobody has judged what it holds.
  func opened() throws -> ContainerCopy {
    let copy: ContainerCopy
    do throws(SampleIssue) {
      copy = try ContainerCopy(place)
    } catch {
      throw AuditError(error, file: PathText.text(of: place))
    }
    guard isOfOneTime, let modified, copy.isUnchanged(since: modified) else {
      throw AuditError.lacking(
        "'\(SamplePath(bytes: place).printable)' has changed since the scan", safe: .nothingMade,
        remedy: "scan again: what it holds now was not looked at")
    }
    return copy
  }

  /// Samples that go, since one of their pictures does.
  func dropped(_ naming: SampleNaming) -> Set<[UInt8]> {
    Set(pictures.lazy.filter { !$0.value }.map { naming.sample(of: $0.key) })
  }
}

extension Export {
  /// Hands on the images of one container after another.
  ///
  /// - Returns: how many paths would lead out of the dataset, and how many images lie in no container.
  /// - Throws: `AuditError` where a container is gone.
  func forEachContainer(_ body: (ContainerSamples) throws -> Void) throws -> (leadingOut: Int, loose: Int) {
    let root = PathText.bytes(of: run.dataset)
    var (current, leadingOut, loose) = (ContainerSamples?.none, 0, 0)
    try store.forEachSample(query([.named("id"), .modified])) { row in
      guard !row.leadsOut else { return leadingOut += 1 }
      let path = FilePath.joined(root, row.path.bytes)
      guard let found = ContainerPath(path), found.container.count >= root.count else {
        guard FileFactsOnDisk(path) != nil else {
          throw AuditError.lacking(
            "'\(row.path.printable)' is gone since the scan", safe: .nothingMade, remedy: "scan again")
        }
        return loose += 1
      }
      let container = Array(found.container.dropFirst(root.count + 1))
      if let samples = current, samples.container != container {
        try body(samples)
        current = nil
      }
      if current == nil { current = ContainerSamples(container: container, place: found.container) }
      current?.add(found.member, stays: row.isChosen, modified: row["audit_modified"].integer.map(Int64.init))
    }
    if let current { try body(current) }
    return (leadingOut, loose)
  }

  /// - Throws: `AuditError` where the files are not there, or lie in no container.
  func requireContainers(for format: String) throws {
    guard place.isReachable else { throw place.refusal(for: "--format \(format)") }
    guard place.isOfContainers else {
      throw AuditError.lacking(
        "--format \(format) is about tars and zips, and the run's images lie in none", remedy: "give --format paths")
    }
  }
}
