import AuditCore
import Glibc

/// What a list says of pictures, by their names.
///
/// Names lie one after another in one piece of memory, and a value is kept once: a list may have millions of lines.
struct LabelTable: Sendable {
  private struct Entry {
    let start: UInt32
    let count: UInt16
    /// nil for a name that the list has twice with different values.
    var label: UInt32?
  }

  /// Names that begin alike are looked through no further: pictures of one name have few endings.
  private static let mostEndings = 16

  /// How many names stand there twice with different values.
  let conflicts: Int
  let kinds: [LabelKind]
  private let names: [UInt8]
  private let entries: [Entry]
  private let labels: [SampleLabel]

  var count: Int { entries.count }

  /// The first name in the order of bytes.
  var example: [UInt8]? { entries.isEmpty ? nil : Array(name(0)) }

  /// The label of the picture with this path: that of the longest end of the path which the list names. A name without its
  /// ending will do, since pictures are converted, where no other name of the list has another value and the same stem.
  func label(of path: [UInt8]) -> SampleLabel? {
    let ends = LabelTable.ends(of: path)
    return ends.lazy.compactMap { label(named: $0) }.first
      ?? ends.lazy.compactMap { label(withStem: FilePath.stem(of: Array($0))) }.first
  }

  /// The label of the picture with this very name.
  func label(named name: some Collection<UInt8>) -> SampleLabel? {
    let name = Array(name)
    let place = firstPlace(notBefore: name)
    guard place < entries.count, self.name(place).elementsEqual(name) else { return nil }
    return entries[place].label.map { labels[Int($0)] }
  }

  private func label(withStem stem: [UInt8]) -> SampleLabel? {
    let exact = firstPlace(notBefore: stem)
    var found: [UInt32?] = []
    if exact < entries.count, name(exact).elementsEqual(stem) { found.append(entries[exact].label) }
    let start = stem + [UInt8(ascii: ".")]
    for place in firstPlace(notBefore: start)..<entries.count {
      let name = name(place)
      guard name.starts(with: start) else { break }
      if FilePath.stem(of: Array(name)) == stem { found.append(entries[place].label) }
      if found.count > LabelTable.mostEndings { return nil }
    }
    guard let first = found.first, let label = first, found.allSatisfy({ $0 == label }) else { return nil }
    return labels[Int(label)]
  }

  /// `a/b/c.jpg`, `b/c.jpg`, `c.jpg`.
  private static func ends(of path: [UInt8]) -> [ArraySlice<UInt8>] {
    [path[...]] + path.indices.filter { path[$0] == UInt8(ascii: "/") }.map { path[($0 + 1)...] }
  }

  private func firstPlace(notBefore name: [UInt8]) -> Int {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = low + (high - low) / 2
      if self.name(middle).lexicographicallyPrecedes(name) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func name(_ place: Int) -> ArraySlice<UInt8> { LabelTable.name(entries[place], in: names) }

  private static func name(_ entry: Entry, in names: [UInt8]) -> ArraySlice<UInt8> {
    names[Int(entry.start)..<(Int(entry.start) + Int(entry.count))]
  }
}

extension LabelTable {
  /// A list that is being read.
  struct Builder {
    /// More than any set of faces has.
    static let mostNames = 1 << 26

    private var names: [UInt8] = []
    private var entries: [Entry] = []
    private var known = NumberedLabels()

    /// The values that were read.
    var values: [SampleLabel] { known.labels }

    /// - Returns: whether there was room; names are cut nowhere.
    mutating func add(_ name: some Collection<UInt8>, _ label: SampleLabel) -> Bool {
      let path = ContainerIndex.path(name)
      guard let count = UInt16(exactly: path.count), count > 0, entries.count < Builder.mostNames,
        let start = UInt32(exactly: names.count)
      else { return false }
      names += path
      entries.append(Entry(start: start, count: count, label: known.number(of: label)))
      return true
    }

    /// - Parameter meaning: of a value that was read, where it is another than was read.
    consuming func finish(_ meaning: (SampleLabel) -> SampleLabel = { $0 }) -> LabelTable {
      let labels = known.labels.map(meaning)
      let names = names
      names.withUnsafeBytes { bytes in
        guard let first = bytes.baseAddress else { return }
        entries.sort { left, right in
          let order = memcmp(first + Int(left.start), first + Int(right.start), Int(min(left.count, right.count)))
          if order != 0 { return order < 0 }
          return left.count == right.count ? left.start < right.start : left.count < right.count
        }
      }
      var kept: [Entry] = []
      var conflicts = 0
      for entry in entries {
        guard let last = kept.last, LabelTable.name(last, in: names).elementsEqual(LabelTable.name(entry, in: names))
        else {
          kept.append(entry)
          continue
        }
        if last.label != nil, last.label != entry.label {
          kept[kept.count - 1].label = nil
          conflicts += 1
        }
      }
      var kinds: [LabelKind] = []
      if labels.contains(where: { $0.identity != nil }) { kinds.append(.identity) }
      if labels.contains(where: { $0.split != nil }) { kinds.append(.split) }
      return LabelTable(conflicts: conflicts, kinds: kinds, names: names, entries: kept, labels: labels)
    }
  }
}
