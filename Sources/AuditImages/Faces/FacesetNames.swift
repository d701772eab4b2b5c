/// The names in DeepFaceLab's list of a packed face set.
package enum FacesetNames {
  /// - Parameter pickle: the list as the file holds it.
  /// - Returns: `person/name` or `name` of each face in order, raw bytes; nil where the bytes are no such list.
  package static func names(in pickle: UnsafeRawBufferPointer) -> [[UInt8]]? {
    guard let faces = PickleData(pickle)?.value.items else { return nil }
    var names: [[UInt8]] = []
    names.reserveCapacity(faces.count)
    for face in faces {
      guard let name = face["filename"]?.text else { return nil }
      // Packed on Windows a name may be a way of its own.
      let file = name.utf8.split(separator: UInt8(ascii: "\\")).last.map(Array.init) ?? []
      let person = face["person_name"]?.text
      names.append((person.map { Array($0.utf8) + [UInt8(ascii: "/")] } ?? []) + file)
    }
    return names
  }
}
