/// The order of torchvision's `ImageFolder` (`make_dataset` in torchvision/datasets/folder.py).
package enum ImageFolderOrder {
  /// Class, folder and name with a NUL between them; nil where there is no folder.
  package static func key(_ path: [UInt8]) -> [UInt8]? {
    let slash = UInt8(ascii: "/")
    guard let first = path.firstIndex(of: slash), let last = path.lastIndex(of: slash) else { return nil }
    return Array(path[..<first]) + [0] + Array(path[..<last]) + [0] + Array(path[(last + 1)...])
  }

  /// Python keeps a byte that is not UTF-8 as the lone surrogate U+DC00 + byte; written like UTF-8, that sorts as
  /// Python does.
  package static func pythonOrdered(_ bytes: [UInt8]) -> [UInt8] {
    var ordered: [UInt8] = []
    var rest = bytes[...]
    while let first = rest.first {
      let length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0
      let whole = rest.prefix(length)
      if length > 0, whole.count == length, String(validating: whole, as: UTF8.self) != nil {
        ordered += whole
        rest = rest.dropFirst(length)
      } else {
        let scalar = 0xDC00 + UInt32(first)
        ordered += [0xED, UInt8(0x80 | (scalar >> 6) & 0x3F), UInt8(0x80 | scalar & 0x3F)]
        rest = rest.dropFirst()
      }
    }
    return ordered
  }
}
