/// Memory that grows to the largest size asked for and is then reused, aligned for vectors.
final class Scratch<Element: BitwiseCopyable> {
  private var memory: UnsafeMutablePointer<Element>?
  private var capacity = 0

  /// Room for `count` elements, with whatever was there before.
  ///
  /// The pointer is good until the next call with a larger count, and as long as this object lives.
  func room(_ count: Int) -> UnsafeMutablePointer<Element> {
    if let memory, capacity >= count { return memory }
    memory.map { UnsafeMutableRawPointer($0).deallocate() }
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Element>.stride, alignment: 64)
    let grown = bytes.bindMemory(to: Element.self, capacity: max(count, 1))
    memory = grown
    capacity = count
    return grown
  }

  deinit { memory.map { UnsafeMutableRawPointer($0).deallocate() } }
}
