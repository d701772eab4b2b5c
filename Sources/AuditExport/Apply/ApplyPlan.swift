package import AuditCore
import AuditDigest
package import AuditStore

/// What `apply` would do: the files, and those it has to leave alone. The same checks are made again before each step,
/// so that plan and deed differ only in what has changed between them.
package struct ApplyPlan: Sendable {
  package struct Item: Sendable, Equatable {
    package let path: SamplePath
    /// nil for a sidecar.
    package let verdict: Selection.Word?
    package let bytes: Int64
    /// nil for a sidecar.
    let scanned: ScannedFile?
    /// Of a sidecar: the images that it belongs to. It goes behind the last of them, and only if all have gone.
    let images: [SamplePath]
  }

  /// A link in the dataset that leads to a file which a move takes away.
  package struct DanglingLink: Sendable, Equatable {
    let link: SamplePath
    let target: SamplePath

    package var sentence: String { "'\(link.printable)' is a link to '\(target.printable)', which goes" }
  }

  package let action: ApplyAction
  package let run: String
  /// Absolute paths.
  package let dataset: String
  package let target: String
  package private(set) var items: [Item] = []
  /// What is left where it is, a sentence each.
  package private(set) var skipped: [String] = []
  /// Of a move.
  package private(set) var dangling: [DanglingLink] = []
  private let source: RootFolder
  private let destination: RootFolder

  package var images: Int { items.reduce(0) { $0 + ($1.verdict == nil ? 0 : 1) } }
  package var sidecars: Int { items.count - images }
  /// The largest number where the sum would be beyond it: sparse files may claim any size.
  package var bytes: Int64 {
    items.reduce(0) { sum, item in
      let (next, isBeyond) = sum.addingReportingOverflow(item.bytes)
      return isBeyond ? .max : next
    }
  }

  /// - Parameters:
  ///   - target: a folder outside the dataset.
  ///   - sidecars: the files that go with an image.
  ///   - given: where a person says that the images lie; nil looks for them.
  /// - Throws: `AuditError` where the target lies in the dataset or holds it.
  package init(
    _ action: ApplyAction, to target: String, store: Store, run name: String?, selection: Selection, sidecars: Sidecars,
    dataset given: String? = nil
  ) throws {
    let scanned = try StoredRun(in: store, named: name)
    let place = try DatasetPlace(store, run: scanned.id, given: given)
    let run = scanned.lying(in: place.path)
    try selection.validate(in: store, run: run.id)
    self.action = action
    self.run = run.name
    dataset = FilePath.resolved(run.dataset)
    try DatasetGuard.refuse(target, in: scanned.dataset)
    self.target = try DatasetGuard.refuse(target, in: run.dataset)
    if FilePath.contains(self.target, dataset) {
      throw AuditError.placeRefused(path: target, finding: "holds the dataset", remedy: "give a folder beside it")
    }
    guard place.isReachable else { throw place.refusal(for: "audit apply") }
    guard !place.isOfContainers else { throw place.containerRefusal(for: "audit apply") }
    source = RootFolder(dataset)
    destination = RootFolder(self.target)
    let images = try images(store, run, selection)
    try add(images, sidecars, store, run)
    if action == .move { try findDanglingLinks(store, run) }
  }

  /// Where a file is taken from, and where it goes to.
  func places(of path: SamplePath) throws -> (source: [UInt8], place: [UInt8]) {
    (try source.ownFile(path), try destination.ownFile(path))
  }

  /// - Throws: `FileTrouble` where a file cannot go: it is gone, is a link, lies elsewhere, or its place is taken.
  func checked(_ path: SamplePath) throws -> FileFactsOnDisk {
    let (source, place) = try places(of: path)
    guard let facts = try FileFactsOnDisk(at: source) else { throw FileTrouble(words: "is gone since the scan") }
    guard !facts.isLink else { throw FileTrouble(words: "is a link, not a file; left alone") }
    guard facts.isRegular else { throw FileTrouble(words: "is not a file; left alone") }
    guard FileFactsOnDisk(place) == nil else {
      throw FileTrouble(
        words: "stays: '\(SamplePath(target).printable)' has a file of that name, and none is overwritten")
    }
    return facts
  }

  private mutating func images(_ store: Store, _ run: StoredRun, _ selection: Selection) throws -> [Item] {
    var images: [Item] = []
    try store.forEachSelected(ExportQuery(selection, of: run.id, columns: ScannedFile.columns)) { row in
      do {
        let facts = try checked(row.path)
        let scanned = ScannedFile(row)
        // Only a file that the scan did not see like this is read now; each is read before it goes.
        if !scanned.looksLike(facts) { try scanned.refuseChange(to: try places(of: row.path).source, facts) }
        images.append(Item(path: row.path, verdict: row.verdict, bytes: facts.bytes, scanned: scanned, images: []))
      } catch let trouble as FileTrouble {
        skip(row.path, trouble)
      }
    }
    return images
  }

  private mutating func add(_ images: [Item], _ rule: Sidecars, _ store: Store, _ run: StoredRun) throws {
    let planned = Set(images.map(\.path))
    try store.withPaths(of: run.id) { isKnown in
      var finder = SidecarFinder(rule, dataset: dataset, isImage: isKnown)
      for image in images {
        items.append(image)
        for sidecar in try finder.sidecars(of: image.path) where !planned.contains(sidecar) {
          let owners = try [image.path] + finder.twins(of: image.path)
          // With the last of its images, so that all are there to be waited for.
          if image.path == owners.filter(planned.contains).max() { add(sidecar, of: owners.sorted(), planned) }
        }
      }
    }
  }

  private mutating func add(_ sidecar: SamplePath, of owners: [SamplePath], _ planned: Set<SamplePath>) {
    if let staying = owners.first(where: { !planned.contains($0) }) {
      return skipped.append("'\(sidecar.printable)' stays: it belongs to '\(staying.printable)' as well")
    }
    do {
      let facts = try checked(sidecar)
      items.append(Item(path: sidecar, verdict: nil, bytes: facts.bytes, scanned: nil, images: owners))
    } catch let trouble as FileTrouble {
      skip(sidecar, trouble)
    } catch {
      skipped.append("'\(sidecar.printable)' \(error)")
    }
  }

  /// Links among the run's images, and others in the folders that files are moved from.
  private mutating func findDanglingLinks(_ store: Store, _ run: StoredRun) throws {
    let leaving = Dictionary(
      items.map { (source.realPlace($0.path), $0.path) }, uniquingKeysWith: { first, _ in first })
    if leaving.isEmpty { return }
    var found: [SamplePath: SamplePath] = [:]
    func look(at path: SamplePath) {
      guard let file = try? source.file(path), FileFactsOnDisk(file)?.isLink ?? false else { return }
      if let target = leaving[FilePath.resolved(file)] { found[path] = target }
    }
    try store.forEachPath(of: run.id) { look(at: $0) }
    for folder in Set(items.map { FilePath.folder(of: $0.path.bytes) }) {
      for link in FolderNames(FilePath.joined(source.path, folder)).links {
        look(at: SamplePath(bytes: FilePath.joined(folder, link)))
      }
    }
    dangling = found.sorted { $0.key < $1.key }.map { DanglingLink(link: $0.key, target: $0.value) }
  }

  private mutating func skip(_ path: SamplePath, _ trouble: FileTrouble) {
    skipped.append("'\(path.printable)' \(trouble)")
  }
}

/// What the scan knew of an image's file.
struct ScannedFile: Sendable, Equatable {
  static let columns: [ExportColumn] = [.named("sha256"), .named("bytes"), .modified]

  /// nil where the scan could not read the file, or had no need to.
  let sha256: String?
  private let bytes: Int64?
  private let modified: Int64?

  init(_ row: ExportRow) {
    sha256 = row.contentHash
    bytes = row["bytes"].integer.map(Int64.init)
    modified = row["audit_modified"].integer.map(Int64.init)
  }

  /// Whether size and time are those that the scan saw.
  func looksLike(_ facts: FileFactsOnDisk) -> Bool { bytes == facts.bytes && modified == facts.modified }

  /// - Throws: `FileTrouble` where the file is not the one that was scanned, or cannot be read.
  /// - Returns: its SHA-256.
  @discardableResult
  func refuseChange(to file: [UInt8], _ facts: FileFactsOnDisk) throws -> String {
    let now = hexadecimal(try Files.sha256(of: file))
    let isSame = sha256.map { $0 == now } ?? looksLike(facts)
    guard isSame else { throw FileTrouble(words: "has changed since the scan; left alone, scan again") }
    return now
  }
}
