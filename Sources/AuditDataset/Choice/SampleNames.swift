package import AuditCore

/// Source and face number of a file that FaceSwap extracted: `<source>_<frame>_<faceindex>.png`.
///
/// - Returns: nil where the name is none of these: frame of at least 3 digits, face of 1 to 9 digits, some source.
package func sourceAndFace(of path: SamplePath) -> (source: String, face: Int)? {
  let name = path.name.bytes
  guard let dot = name.lastIndex(of: UInt8(ascii: ".")),
    String(decoding: name[(dot + 1)...], as: UTF8.self).lowercased() == "png"
  else { return nil }
  let parts = name[..<dot].split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
  guard parts.count >= 3, let frame = parts.dropLast().last, let digits = parts.last else { return nil }
  let isNumber: (ArraySlice<UInt8>) -> Bool = { $0.allSatisfy { (0x30...0x39).contains($0) } }
  guard frame.count >= 3, isNumber(frame), (1...9).contains(digits.count), isNumber(digits) else { return nil }
  let source = name[..<(frame.startIndex - 1)]
  guard !source.isEmpty, let face = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
  return (SamplePath(bytes: Array(source)).distinctText, face)
}
