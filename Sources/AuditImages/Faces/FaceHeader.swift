package import AuditCore

/// Reads what FaceSwap and DeepFaceLab write into the face pictures that they cut out.
///
/// - FaceSwap: a PNG chunk `iTXt` with the keyword `faceswap`, whose text is a Python dictionary.
/// - DeepFaceLab: a JPEG segment `APP15` that holds a pickled dictionary.
package enum FaceHeader {
  /// Largest text that is looked at: FaceSwap keeps masks in it.
  private static let mostBytes = 8 << 20

  /// nil where the file holds no such header, one that cannot be read, or one beyond the first piece of a large file.
  package static func origin(of file: FileBytes) -> FaceOrigin? { origin(of: file.head) }

  /// nil where the file holds no such header, or one that cannot be read.
  package static func origin(of file: UnsafeRawBufferPointer) -> FaceOrigin? {
    if file.starts(with: [0xFF, 0xD8, 0xFF]) { return deepFaceLab(file) }
    if file.has("PNG\r\n", at: 1) { return faceSwap(file) }
    return nil
  }

  private static func faceSwap(_ file: UnsafeRawBufferPointer) -> FaceOrigin? {
    let keyword = "faceswap\0"
    var offset = 8
    while let length = file.big32(at: offset), !file.has("IDAT", at: offset + 4), !file.has("IEND", at: offset + 4) {
      if file.has("iTXt", at: offset + 4), file.has(keyword, at: offset + 8), length <= mostBytes {
        // Four zeros follow: not compressed, no method, no language, no translated keyword.
        let head = keyword.utf8.count + 4
        guard let literal = PythonLiteral(file.part(at: offset + 8 + head, count: length - head)) else { return nil }
        return origin(faceSwap: literal)
      }
      offset += 12 + length
    }
    return nil
  }

  private static func origin(faceSwap header: PythonLiteral) -> FaceOrigin? {
    guard let source = header["source"], let alignments = header["alignments"] else { return nil }
    var origin = FaceOrigin(tool: .faceSwap)
    origin.sourceFile = name(source["source_filename"]?.text)
    origin.faceIndex = source["face_index"]?.number.flatMap(index)
    if let width = alignments["w"]?.number, let height = alignments["h"]?.number { origin.size = side(width, height) }
    let points = alignments["landmarks_xy"]?.list?.prefix(69).map { $0.list?.map(\.number) ?? [] } ?? []
    origin.pose = pose(points.map { $0.compactMap { $0 } })
    return origin
  }

  private static func deepFaceLab(_ file: UnsafeRawBufferPointer) -> FaceOrigin? {
    var offset = 2
    while file.byte(at: offset) == 0xFF, let kind = file.byte(at: offset + 1) {
      if kind == 0xFF {
        offset += 1
        continue
      }
      guard kind != 0xDA, kind != 0xD9, let length = file.big16(at: offset + 2), length >= 2 else { return nil }
      if kind == 0xEF, let data = PickleData(file.part(at: offset + 4, count: length - 2)),
        data.value["source_filename"] != nil || data.value["landmarks"] != nil
      {
        return origin(deepFaceLab: data.value)
      }
      offset += 2 + length
    }
    return nil
  }

  private static func origin(deepFaceLab header: PickleData.Value) -> FaceOrigin {
    var origin = FaceOrigin(tool: .deepFaceLab)
    origin.sourceFile = name(header["source_filename"]?.text)
    // Left, top, right, bottom.
    if let box = header["source_rect"]?.numbers(most: 4), box.count == 4 {
      origin.size = side(box[2] - box[0], box[3] - box[1])
    }
    if let flat = header["source_landmarks"]?.numbers(most: 136), flat.count == 136 {
      origin.pose = pose(stride(from: 0, to: 136, by: 2).map { Array(flat[$0...($0 + 1)]) })
    }
    return origin
  }

  private static func pose(_ points: [[Double]]) -> FacePose? {
    guard points.allSatisfy({ $0.count == 2 }) else { return nil }
    return PoseEstimate.pose(of: points.map { (x: $0[0], y: $0[1]) })
  }

  /// A name that a file can have; nil else.
  private static func name(_ text: String?) -> String? {
    guard let text, !text.isEmpty, text.utf8.count <= 1024, !text.utf8.contains(0) else { return nil }
    return text
  }

  private static func index(_ number: Double) -> Int? {
    number >= 0 && number < 1e9 && number == number.rounded() ? Int(number) : nil
  }

  private static func side(_ width: Double, _ height: Double) -> Double? {
    guard width > 0, height > 0, width < 1e6, height < 1e6 else { return nil }
    return (width * height).squareRoot()
  }
}
