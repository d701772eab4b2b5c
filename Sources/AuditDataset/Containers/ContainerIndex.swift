package import AuditCore
import AuditImages

/// The files of a container by name, in order of their names' raw bytes.
///
/// Names lie one after another in one piece of memory: a container may hold a million of them.
struct ContainerIndex: Sendable {
  private struct Entry {
    let nameStart: Int
    let nameCount: Int
    let span: MemberSpan
  }

  /// What kept the rest from being listed; nil where all is.
  var trouble: SampleIssue?
  /// How many entries are no files that can be taken out, by the reason.
  let others: [Other: Int]
  /// Why an entry is no file here; raw values are for a person.
  enum Other: String, Sendable {
    case encrypted
    case packed = "packed in an unknown way"
    case link = "links or devices"
    case outside = "with a name that leads out"
    case record = "no picture of a label"
    case sparse = "with holes (GNU sparse)"
    case twice = "of a name that a later one has"
    case unnamed = "records that the .idx does not name"
  }

  private let names: [UInt8]
  private let entries: [Entry]

  var count: Int { entries.count }

  /// - Returns: nil where no file has that name.
  func span(of name: [UInt8]) -> MemberSpan? {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = low + (high - low) / 2
      if self.name(middle).lexicographicallyPrecedes(name) { low = middle + 1 } else { high = middle }
    }
    return low < entries.count && self.name(low).elementsEqual(name) ? entries[low].span : nil
  }

  func forEach(_ body: (_ name: [UInt8], _ span: MemberSpan) -> Void) {
    for (index, entry) in entries.enumerated() { body(Array(name(index)), entry.span) }
  }

  /// What a name as the container has it is here: `./a/b.jpg` and `/a/b.jpg` are `a/b.jpg`, as for tar and unzip.
  static func path(_ name: some Collection<UInt8>) -> [UInt8] {
    let parts = name.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
    return Array(parts.joined(separator: [UInt8(ascii: "/")]))
  }

  private func name(_ index: Int) -> ArraySlice<UInt8> {
    let entry = entries[index]
    return names[entry.nameStart..<(entry.nameStart + entry.nameCount)]
  }
}

extension ContainerIndex {
  /// An index that is being read, in the order of the container.
  struct Builder {
    private var names: [UInt8] = []
    private var entries: [Entry] = []
    private var links: [(name: [UInt8], target: [UInt8])] = []
    private var others: [Other: Int] = [:]
    /// What ends the reading.
    var trouble: SampleIssue?

    /// Takes a file in; one whose name leads out of the container is left out.
    mutating func add(_ name: some Collection<UInt8>, _ span: MemberSpan) {
      let path = ContainerIndex.path(name)
      guard FilePath.staysInside(path) else { return leaveOut(.outside) }
      entries.append(Entry(nameStart: names.count, nameCount: path.count, span: span))
      names += path
    }

    /// Takes another name of a file in.
    mutating func add(_ name: some Collection<UInt8>, linkTo target: some Collection<UInt8>) {
      links.append((Array(name), ContainerIndex.path(target)))
    }

    mutating func leaveOut(_ reason: Other) { others[reason, default: 0] += 1 }

    consuming func finish() -> ContainerIndex {
      guard !links.isEmpty else { return sorted() }
      // What is there twice is counted once, with the links.
      let others = others
      let found = sorted()
      self.others = others
      let links = links
      self.links = []
      for link in links {
        if let span = found.span(of: link.target) { add(link.name, span) } else { leaveOut(.link) }
      }
      return sorted()
    }

    /// Of two files of one name the later one is what unpacking leaves.
    private mutating func sorted() -> ContainerIndex {
      let names = names
      func name(_ entry: Entry) -> ArraySlice<UInt8> {
        names[entry.nameStart..<(entry.nameStart + entry.nameCount)]
      }
      // Names lie in the order of the container.
      entries.sort { left, right in
        let (first, second) = (name(left), name(right))
        return first.elementsEqual(second)
          ? left.nameStart < right.nameStart : first.lexicographicallyPrecedes(second)
      }
      var kept: [Entry] = []
      kept.reserveCapacity(entries.count)
      for entry in entries {
        if let last = kept.last, name(last).elementsEqual(name(entry)) {
          kept.removeLast()
          leaveOut(.twice)
        }
        kept.append(entry)
      }
      return ContainerIndex(trouble: trouble, others: others, names: names, entries: kept)
    }
  }
}

extension ContainerKind {
  /// Lists a container by its own index, or by going from file to file where it has none.
  ///
  /// - Throws: where it is none of its kind.
  /// - Parameter keys: of the records of a RecordIO; nil where nothing names them.
  func index(_ file: ContainerFile, keys: RecordKeys? = nil) throws(SampleIssue) -> ContainerIndex {
    try index(file.bytes(pieceBytes: pieceBytes), keys: keys)
  }

  /// The names in a container that is in memory.
  ///
  /// - Throws: where it is none of its kind.
  package func names(in bytes: [UInt8]) throws(SampleIssue) -> [[UInt8]] {
    try bytes.withUnsafeBytes { bytes in
      Result { () throws(SampleIssue) in
        var names: [[UInt8]] = []
        try index(FileBytes(memory: bytes)).forEach { name, _ in names.append(name) }
        return names
      }
    }.get()
  }

  private func index(_ bytes: FileBytes, keys: RecordKeys? = nil) throws(SampleIssue) -> ContainerIndex {
    let index =
      switch self {
      case .tar: try TarReading(bytes).index()
      case .zip: try ZipReading(bytes).index()
      case .pak: try FacesetReading(bytes).index()
      case .rec: try RecordReading(bytes, keys: keys).index()
      }
    try bytes.check()
    return index
  }

  /// How much to read at once: without an index what is read lies far from each other.
  private var pieceBytes: Int {
    switch self {
    case .tar: TarReading.pieceBytes
    case .rec: RecordReading.pieceBytes
    case .zip, .pak: FileBytes.pieceBytes
    }
  }

  /// Where a file's own bytes begin, as far as only the bytes before them tell.
  func located(_ span: MemberSpan, in file: ContainerFile) throws(SampleIssue) -> MemberSpan {
    switch self {
    case .tar, .pak, .rec: span
    case .zip: try ZipReading(file.bytes(pieceBytes: 64)).located(span)
    }
  }
}
