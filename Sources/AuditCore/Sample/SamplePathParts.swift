extension SamplePath {
  /// The folder that the file lies in, relative to the dataset; empty at its root.
  package var folder: SamplePath {
    SamplePath(bytes: bytes.lastIndex(of: UInt8(ascii: "/")).map { Array(bytes[..<$0]) } ?? [])
  }

  /// The first folder of the path, which names the person in most sets; nil where there is none. A container is no folder
  /// of anybody.
  package var identity: SamplePath? {
    var start = 0
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "/")) {
      let folder = bytes[start..<end]
      if ContainerKind(ofName: folder) == nil { return SamplePath(bytes: Array(folder)) }
      start = end + 1
    }
    return nil
  }

  /// The file name without folders.
  package var name: SamplePath {
    SamplePath(bytes: bytes.lastIndex(of: UInt8(ascii: "/")).map { Array(bytes[($0 + 1)...]) } ?? bytes)
  }
}
