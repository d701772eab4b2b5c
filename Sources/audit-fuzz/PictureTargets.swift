import AuditCore
import AuditImages

extension FuzzTarget {
  /// Files to pixels: every codec shim and our own readers, told apart by the first bytes, as in a scan.
  static let pictures: [FuzzTarget] = [
    // A picture that comes out small lets JPEG take its short way; `Int.max` keeps every pixel.
    FuzzTarget("picture", seeds: encodedPictures) { decode($0, target: .max) },
    FuzzTarget("picture_small", seeds: encodedPictures) { decode($0, target: 8) },
    // The headers of FaceSwap and DeepFaceLab: a Python literal and a pickle.
    FuzzTarget("face_header", seeds: encodedPictures) { bytes in
      _ = bytes.withUnsafeBytes { FaceHeader.origin(of: $0) }
    },
  ]

  private static let mostPixels = 1 << 16

  private static func decode(_ file: [UInt8], target: Int) {
    guard let decoded = try? decodeImage(file, name: "a.jpg", maxPixels: mostPixels, target: target) else { return }
    let image = decoded.image
    precondition(image.width > 0 && image.height > 0, "\(image.width) x \(image.height)")
    precondition(image.pixels.count == 3 * image.width * image.height, "\(image.pixels.count) bytes")
    precondition(image.width * image.height <= mostPixels, "\(image.width) x \(image.height)")
  }

  private static let encodedPictures: [[UInt8]] = {
    let pixels = (0..<(3 * 17 * 13)).map { UInt8(truncatingIfNeeded: $0 * 37) }
    let image = RGBImage(width: 17, height: 13, pixels: pixels)
    let files = [try? encodeJPEG(image, quality: 80), try? encodePNG(image)]
    return files.compactMap { $0 } + [
      Array("P6 2 1 255\n".utf8) + [1, 2, 3, 4, 5, 6], Array("P2\n2 2 7\n0 1 2 7".utf8),
    ]
  }()
}
