import Glibc

/// Many samples in little memory: what a walk found, what a plan holds, what a step has yet to do.
///
/// A sample takes its name and some 20 to 30 bytes; folders are stored once for the neighbours that lie in them. A `Sample`
/// is made when it is asked for, in the time that its path takes to copy. Lists that were chosen from one another share
/// their memory.
package struct SampleList: Sendable, RandomAccessCollection, Equatable, ExpressibleByArrayLiteral {
  /// What neighbours have in common.
  private struct Folder: Sendable {
    /// What their paths begin with, up to and with the last slash; more of them where a name is longer than a block takes.
    let prefix: [UInt8]
    let device: UInt64
    var identity: ByteKey?
  }

  private var blocks: [SampleBlock] = []
  private var folders: [Folder] = []
  /// Numbers of the records in the order of the list; nil where that is all of them as they were appended.
  private var order: [UInt32]?
  /// What lists say of the records, by their numbers; nil where none was read. Identities of folders stand back then.
  private var labels: SampleLabels?

  package init() {}

  /// - Parameter isLabelled: whether who is in a picture, and which part it is for, is kept for each by itself.
  package init(isLabelled: Bool) { if isLabelled { labels = SampleLabels() } }

  package init(arrayLiteral samples: Sample...) { self.init(samples) }

  package init(_ samples: some Sequence<Sample>) {
    for sample in samples { append(sample) }
  }

  package var startIndex: Int { 0 }
  package var endIndex: Int { order?.count ?? stored }

  package subscript(place: Int) -> Sample {
    let number = number(at: place)
    let (folder, name, numbers) = blocks[number / SampleBlock.most].record(number % SampleBlock.most)
    let common = folders[folder]
    var sample = Sample(
      path: SamplePath(bytes: common.prefix + name), bytes: numbers.bytes, modified: numbers.modified,
      changed: numbers.changed, device: common.device, inode: numbers.inode)
    if let label = labels?[number] {
      (sample.identity, sample.split) = (label.identity, label.split)
    } else {
      sample.identity = common.identity
    }
    return sample
  }

  /// To a list that nothing was chosen from.
  package mutating func append(_ sample: Sample) {
    precondition(order == nil, "a list in an order of its own does not grow")
    let path = sample.path.bytes
    let name = Swift.max((path.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1, path.count - SampleBlock.longestName)
    let identity = labels == nil ? sample.identity : nil
    if !isLast(path[..<name], sample.device, identity) {
      folders.append(Folder(prefix: Array(path[..<name]), device: sample.device, identity: identity))
    }
    labels?.append(SampleLabel(identity: sample.identity, split: sample.split))
    let numbers = SampleNumbers(
      bytes: sample.bytes, modified: sample.modified, changed: sample.changed, inode: sample.inode)
    if blocks.last?.isFull ?? true {
      if !blocks.isEmpty { blocks[blocks.count - 1].trim() }
      blocks.append(SampleBlock(folder: folders.count - 1, numbers))
    }
    blocks[blocks.count - 1].append(path[name...], folder: folders.count - 1, numbers)
  }

  /// Whether the last folder is that of a sample.
  private func isLast(_ prefix: ArraySlice<UInt8>, _ device: UInt64, _ identity: ByteKey?) -> Bool {
    guard let last = folders.last else { return false }
    return last.device == device && last.identity == identity && prefix.elementsEqual(last.prefix)
  }

  private var stored: Int {
    guard let last = blocks.last else { return 0 }
    return (blocks.count - 1) * SampleBlock.most + last.count
  }

  private func number(at place: Int) -> Int { order.map { Int($0[place]) } ?? place }
}

// Choosing.
extension SampleList {
  /// Takes the samples from a place on out of a list that nothing was chosen from.
  package mutating func truncate(to count: Int) {
    precondition(order == nil, "a list in an order of its own is not cut")
    blocks.removeSubrange(Swift.min(blocks.count, (count + SampleBlock.most - 1) / SampleBlock.most)...)
    if !blocks.isEmpty { blocks[blocks.count - 1].truncate(to: count - (blocks.count - 1) * SampleBlock.most) }
    labels?.truncate(to: count)
  }

  /// Those whose places are chosen, in the order of this list.
  package func chosen(where isChosen: (Int) throws -> Bool) rethrows -> SampleList {
    var list = self
    var chosen: [UInt32] = []
    for place in indices {
      if try isChosen(place) { chosen.append(UInt32(number(at: place))) }
    }
    list.order = chosen
    return list
  }

  /// Those at some places, in the order of these.
  package func chosen(_ places: some Sequence<Int>) -> SampleList {
    var list = self
    list.order = places.map { UInt32(number(at: $0)) }
    return list
  }
}

// By path.
extension SampleList {
  /// Puts the samples in the order of their paths' raw bytes.
  package mutating func sort() {
    var order = order ?? (0..<UInt32(stored)).map { $0 }
    order.sort { precedes(Int($0), Int($1)) }
    let isAsAppended = order.count == stored && order.indices.allSatisfy { order[$0] == $0 }
    self.order = isAsAppended ? nil : order
  }

  /// Where a path stands in a sorted list; nil where it does not.
  package func place(of path: SamplePath) -> Int? {
    let place = firstPlace(notBefore: path.bytes)
    return place < endIndex && order(of: number(at: place), before: path.bytes) == 0 ? place : nil
  }

  /// The place of the first path of a sorted list that is not before this one in order; the end where all are.
  package func firstPlace(notBefore path: [UInt8]) -> Int {
    var (low, high) = (0, endIndex)
    while low < high {
      let middle = low + (high - low) / 2
      if order(of: number(at: middle), before: path) < 0 { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Those of some paths that stand in a sorted list, in its order.
  package func chosen(at paths: Set<SamplePath>) -> SampleList {
    chosen(paths.compactMap { place(of: $0) }.sorted())
  }

  /// Says who is in the pictures of each folder.
  ///
  /// - Parameter identity: asked once for neighbours, with a path that begins like theirs up to the last slash.
  package mutating func identify(_ identity: (SamplePath) -> ByteKey?) {
    var known = Set<ByteKey>()
    for place in folders.indices {
      folders[place].identity = identity(SamplePath(bytes: folders[place].prefix))
        .map { known.insert($0).memberAfterInsert }
    }
  }

  /// Whether who is in a picture, and which part it is for, is kept for each by itself.
  package var isLabelled: Bool { labels != nil }

  /// Says of each sample who is in it and which part of the set it is for, instead of what was said before.
  package mutating func label(by label: (Sample) throws -> SampleLabel) rethrows {
    var labels = SampleLabels(unlabelled: stored)
    for place in indices { labels.set(try label(self[place]), at: number(at: place)) }
    self.labels = labels
  }

  /// How many samples lie in each folder, of those from a place on of a list that nothing was chosen from.
  package func folderCounts(from start: Int) -> [[UInt8]: Int] {
    var counts: [Int: Int] = [:]
    for number in start..<endIndex {
      counts[blocks[number / SampleBlock.most].folder(of: number % SampleBlock.most), default: 0] += 1
    }
    return counts.reduce(into: [:]) { $0[FilePath.folder(of: folders[$1.key].prefix), default: 0] += $1.value }
  }

  /// What it takes of memory, bytes; lists that share it have all of it.
  package var memory: Int {
    let names = folders.reduce(0) { $0 + $1.prefix.capacity + MemoryLayout<Folder>.stride }
    return blocks.reduce(names) { $0 + $1.memory + MemoryLayout<SampleBlock>.stride } + 4 * (order?.capacity ?? 0)
      + (labels?.memory ?? 0)
  }

  package static func == (left: SampleList, right: SampleList) -> Bool { left.elementsEqual(right) }

  private func precedes(_ left: Int, _ right: Int) -> Bool {
    withPath(left) { left in withPath(right) { left.order(before: $0) } } < 0
  }

  /// Below zero where a record's path comes before another, zero where it is that.
  private func order(of number: Int, before path: [UInt8]) -> Int32 {
    withPath(number) { own in
      path.withUnsafeBytes { own.order(before: PathBytes($0, UnsafeRawBufferPointer(start: nil, count: 0))) }
    }
  }

  private func withPath<Value>(_ number: Int, _ body: (PathBytes) -> Value) -> Value {
    blocks[number / SampleBlock.most].withName(number % SampleBlock.most) { folder, name in
      folders[folder].prefix.withUnsafeBytes { body(PathBytes($0, name)) }
    }
  }
}

/// A path in two pieces that lie in different places.
private struct PathBytes {
  private var piece: UnsafeRawBufferPointer
  private var next: UnsafeRawBufferPointer

  init(_ prefix: UnsafeRawBufferPointer, _ name: UnsafeRawBufferPointer) { (piece, next) = (prefix, name) }

  /// Below zero where this one comes first, zero where they are equal.
  func order(before other: PathBytes) -> Int32 {
    var (left, right) = (self, other)
    while true {
      left.step()
      right.step()
      guard let first = left.piece.baseAddress, let second = right.piece.baseAddress, !left.isEmpty, !right.isEmpty
      else { return left.isEmpty ? (right.isEmpty ? 0 : -1) : 1 }
      let count = min(left.piece.count, right.piece.count)
      let order = memcmp(first, second, count)
      if order != 0 { return order }
      left.drop(count)
      right.drop(count)
    }
  }

  private var isEmpty: Bool { piece.isEmpty }

  private mutating func step() {
    if piece.isEmpty { (piece, next) = (next, UnsafeRawBufferPointer(start: nil, count: 0)) }
  }

  private mutating func drop(_ count: Int) { piece = UnsafeRawBufferPointer(rebasing: piece[count...]) }
}
