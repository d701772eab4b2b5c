import AuditCore
import AuditDigest
import AuditImages
import Glibc

/// The lists that say who is in the pictures and which part of the set they are for.
struct DatasetLabels {
  /// Longer lists are not read: those of the largest sets are a tenth of that.
  private static let mostBytes = 1 << 30
  /// Of StyleGAN, in a folder or a container.
  static let document = "dataset.json"

  private struct List {
    let name: String
    let table: LabelTable
    let sha256: String
    /// Its names are paths from there, relative to the dataset; nil where they are names of files wherever they lie.
    var base: [UInt8]?
    var isAsked = false
    /// Pictures that it named.
    var images = 0

    func label(of path: [UInt8]) -> SampleLabel? {
      guard let base else { return table.label(of: path) }
      guard path.starts(with: base) else { return nil }
      return table.label(named: path.dropFirst(base.count))
    }
  }

  private var lists: [List] = []
  /// Places of those whose names are paths, by where these begin: there may be one in each of many containers.
  private var based: [[UInt8]: Int] = [:]
  /// For a person, a sentence each.
  private(set) var notes: [String] = []

  /// - Parameters:
  ///   - words: of `--labels`; nil for what lies beside the pictures.
  ///   - documents: files of StyleGAN's name in containers, relative to the dataset.
  /// - Throws: `AuditError` where a list that was named cannot be read.
  init(_ words: [String]?, of root: String, documents: [[UInt8]], containers: OpenContainers) throws(AuditError) {
    if let words {
      for request in try LabelRequest.all(words) {
        guard let bytes = try InputFile.contents(of: request.file, mostBytes: DatasetLabels.mostBytes) else {
          throw .wrongFile(path: request.file, finding: "is longer than a list may be")
        }
        guard let table = try DatasetLabels.table(bytes, file: request.file, kind: request.kind) else {
          throw .wrongFile(path: request.file, finding: "holds no labels")
        }
        add(table, bytes, file: request.file, isAsked: true)
      }
      return
    }
    for file in KnownLists.beside(root) { look(at: file) }
    look(at: root + "/" + DatasetLabels.document, base: [])
    for path in documents { look(into: path, of: root, containers) }
  }

  static func table(
    _ bytes: [UInt8], file: String, kind: LabelKind? = nil
  ) throws(AuditError) -> LabelTable? {
    let isDocument = bytes.first { !JSONScanner.isBlank($0) } == UInt8(ascii: "{")
    return isDocument
      ? try LabelDocument.read(bytes, file: file) : try LabelText.read(bytes, file: file, kind: kind)
  }

  /// Reads a list that nobody named, where it is there.
  private mutating func look(at file: String, base: [UInt8]? = nil) {
    guard let info = FilePath.status(of: file), info.st_mode & S_IFMT == S_IFREG else { return }
    take(file, base) { () throws(SampleIssue) in
      try FileReader(maxBytes: DatasetLabels.mostBytes).read(PathText.bytes(of: file)) { file throws(SampleIssue) in
        try file.whole()
      }
    }
  }

  private mutating func look(into path: [UInt8], of root: String, _ containers: OpenContainers) {
    let place = PathText.bytes(of: root) + (path.first == UInt8(ascii: "/") ? [] : [UInt8(ascii: "/")]) + path
    take(PathText.text(of: place), Array(path.dropLast(DatasetLabels.document.utf8.count))) { () throws(SampleIssue) in
      let descriptor = try containers.open(place)
      defer { close(descriptor) }
      return try FileReader(maxBytes: DatasetLabels.mostBytes).read(open: descriptor) { file throws(SampleIssue) in
        try file.whole()
      }
    }
  }

  private mutating func take(_ file: String, _ base: [UInt8]?, _ read: () throws(SampleIssue) -> [UInt8]) {
    let shown = Escaping.terminal.text(file)
    let bytes: [UInt8]
    do throws(SampleIssue) {
      bytes = try read()
    } catch {
      notes.append("'\(shown)' is not read: \(error.detail.isEmpty ? error.code.rawValue : error.detail)")
      return
    }
    do throws(AuditError) {
      guard let table = try DatasetLabels.table(bytes, file: file) else { return }
      add(table, bytes, file: file, base: base)
    } catch {
      // Other programs have files of that name too.
      if base == nil { notes.append("'\(shown)' is not read: \(error)") }
    }
  }

  private mutating func add(
    _ table: LabelTable, _ bytes: [UInt8], file: String, base: [UInt8]? = nil, isAsked: Bool = false
  ) {
    if let base { based[base] = lists.count }
    lists.append(
      List(
        name: FilePath.name(of: file), table: table, sha256: hexadecimal(sha256(bytes)), base: base, isAsked: isAsked))
  }

  /// Writes into the samples what the lists say of them.
  ///
  /// - Returns: the lists that named any.
  /// - Throws: `AuditError` where one that was asked for names none.
  mutating func mark(_ samples: inout SampleList) throws(AuditError) -> [LabelSource] {
    guard !lists.isEmpty else { return [] }
    let unmarked = samples
    samples.label { label(of: $0.path.bytes) }
    for list in lists where list.isAsked && list.images == 0 {
      let (here, there) = (samples.first?.path.printable ?? "", SamplePath(bytes: list.table.example ?? []).printable)
      throw .wrongFile(
        path: list.name, finding: "names none of the images: there they are like '\(there)', here like '\(here)'",
        remedy: "give the list of these images, or --labels none")
    }
    let used = lists.filter { $0.images > 0 }
    guard !used.isEmpty else {
      samples = unmarked
      return []
    }
    // A folder says nothing of people where a list does.
    if !used.contains(where: { $0.table.kinds.contains(.identity) }) {
      var places = unmarked.makeIterator()
      samples.label { SampleLabel(identity: places.next()?.identity, split: $0.split) }
    }
    for list in used { notes.append(note(of: list, among: samples.count)) }
    return sources(of: used)
  }

  /// What the lists say of a picture; of two that name it the first is right.
  private mutating func label(of path: [UInt8]) -> SampleLabel {
    var label = SampleLabel()
    for place in places(for: path) {
      guard let own = lists[place].label(of: path) else { continue }
      lists[place].images += 1
      label.identity = label.identity ?? own.identity
      label.split = label.split ?? own.split
    }
    return label
  }

  /// The lists that may name a picture. Those whose names are paths are read behind all others.
  private func places(for path: [UInt8]) -> [Int] {
    let everywhere = Array(lists.indices.prefix(lists.count - based.count))
    if based.isEmpty { return everywhere }
    let ends = path.indices.filter { path[$0] == UInt8(ascii: "/") }
    return everywhere + ([[]] + ends.map { Array(path[...$0]) }).compactMap { based[$0] }
  }

  /// Lists of one name, as in many zips, are one source.
  private func sources(of lists: [List]) -> [LabelSource] {
    var groups: [(name: String, kinds: [LabelKind], digests: [String])] = []
    for list in lists {
      if let place = groups.firstIndex(where: { $0.name == list.name && $0.kinds == list.table.kinds }) {
        groups[place].digests.append(list.sha256)
      } else {
        groups.append((list.name, list.table.kinds, [list.sha256]))
      }
    }
    return groups.map { group in
      LabelSource(
        name: group.name, kinds: group.kinds,
        sha256: group.digests.count == 1
          ? group.digests[0] : hexadecimal(sha256(Array(group.digests.joined().utf8))))
    }
  }

  private func note(of list: List, among count: Int) -> String {
    let (images, kinds) = ("\(list.images.formattedWithCommas) of \(counted(count, "image"))", list.table.kinds)
    let meanings = [
      kinds.contains(.identity) ? "who is in \(images)" : nil,
      kinds.contains(.split) ? "which part of the set \(kinds.count > 1 ? "they" : images) are for" : nil,
    ].compactMap { $0 }
    let conflicts = list.table.conflicts
    let doubtful = "\(counted(conflicts, "name")) in it with several values \(conflicts == 1 ? "counts" : "count")"
    return "'\(Escaping.terminal.text(list.name))' says \(meanings.joined(separator: " and "))"
      + (conflicts == 0 ? "" : "; \(doubtful) for nothing")
      + (list.isAsked ? "" : " (--labels none leaves it unread)")
  }
}
