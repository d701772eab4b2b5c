import AuditCore
import Foundation

/// The names in one folder, sorted, in one piece of memory.
struct FolderNames {
  private var bytes: [UInt8] = []
  /// Where each name begins, and as the last where the next would.
  private var starts: [Int] = [0]
  /// Positions of the names in the order of their bytes.
  private var order: [Int] = []
  /// The names that are symbolic links, as far as the system says so without being asked for each.
  private(set) var links: [[UInt8]] = []

  /// Empty where the folder cannot be listed.
  init(_ folder: [UInt8]) {
    guard let handle = withCPath(folder.isEmpty ? Array(".".utf8) : folder, { opendir($0) }) else { return }
    defer { closedir(handle) }
    while let entry = readdir(handle) {
      let name = FolderNames.name(of: entry)
      if name == Array(".".utf8) || name == Array("..".utf8) { continue }
      if entry.pointee.d_type == UInt8(DT_LNK) { links.append(name) }
      bytes += name
      starts.append(bytes.count)
    }
    order = starts.indices.dropLast().sorted { self[$0].lexicographicallyPrecedes(self[$1]) }
  }

  /// The names that begin with `stem` and whose rest `takes` accepts, in the order of their bytes.
  func beginning(with stem: ArraySlice<UInt8>, where takes: (ArraySlice<UInt8>) -> Bool) -> [[UInt8]] {
    var (low, high) = (0, order.count)
    while low < high {
      let middle = (low + high) / 2
      if self[order[middle]].lexicographicallyPrecedes(stem) { low = middle + 1 } else { high = middle }
    }
    var found: [[UInt8]] = []
    for name in order[low...].lazy.map({ self[$0] }) {
      guard name.starts(with: stem) else { break }
      if takes(name.dropFirst(stem.count)) { found.append(Array(name)) }
    }
    return found
  }

  private subscript(position: Int) -> ArraySlice<UInt8> { bytes[starts[position]..<starts[position + 1]] }

  // The entry is as long as its name needs, so the 256 bytes that its type declares must not be copied.
  private static func name(of entry: UnsafeMutablePointer<dirent>) -> [UInt8] {
    let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
    let start = UnsafeRawPointer(entry).advanced(by: offset)
    return Array(UnsafeRawBufferPointer(start: start, count: strlen(start.assumingMemoryBound(to: CChar.self))))
  }
}
