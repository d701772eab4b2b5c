extension SamplePath {
  /// The folder that the file lies in, relative to the dataset; empty at its root.
  package var folder: SamplePath {
    SamplePath(bytes: bytes.lastIndex(of: UInt8(ascii: "/")).map { Array(bytes[..<$0]) } ?? [])
  }

  /// The first folder of the path, which names the person in most sets; nil at the dataset's root.
  package var identity: SamplePath? {
    bytes.firstIndex(of: UInt8(ascii: "/")).map { SamplePath(bytes: Array(bytes[..<$0])) }
  }

  /// The file name without folders.
  package var name: SamplePath {
    SamplePath(bytes: bytes.lastIndex(of: UInt8(ascii: "/")).map { Array(bytes[($0 + 1)...]) } ?? bytes)
  }
}
