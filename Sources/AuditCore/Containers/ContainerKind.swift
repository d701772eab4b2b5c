/// A file that holds other files, and is read in place; raw values are the endings of its name.
package enum ContainerKind: String, Sendable, CaseIterable {
  case tar
  case zip
  /// DeepFaceLab's packed face set.
  case pak
  /// MXNet's RecordIO.
  case rec

  /// nil where the name promises none; letters may be large or small.
  package init?(ofName name: some Collection<UInt8>) {
    let ending = name.suffix(4)
    guard name.count > 4, ending.first == UInt8(ascii: ".") else { return nil }
    self.init(rawValue: String(decoding: ending.dropFirst().map { $0 | 0x20 }, as: UTF8.self))
  }
}
