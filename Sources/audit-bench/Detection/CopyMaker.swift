import AuditCore
import AuditImages

/// Copies of a picture as people make them, for `audit-bench duplicates`.
enum CopyMaker: String, CaseIterable {
  case encoded = "quality_40"
  case encodedMildly = "quality_60"
  case blurred = "half_size_and_back"
  case halved = "half_size"
  case brighter = "10_%_brighter"
  case croppedInAll = "cropped_3_%"
  case croppedEach = "cropped_3_%_each_side"
  case mirrored
  case mirroredEncoded = "mirrored_quality_60"

  /// Whether it holds less than its picture: a mirror image holds as much, and a brighter one where nothing was near white.
  var losesSomething: Bool { self != .mirrored && self != .brighter }

  /// - Returns: the copy, and the bytes of its file where it was encoded; nil where an encoder or decoder refuses, or the
  ///   picture is too small.
  func copy(of image: RGBImage, resizer: inout ImageResizer) -> (image: RGBImage, bytes: Int?)? {
    switch self {
    case .encoded: return CopyMaker.encoded(image, quality: 40)
    case .encodedMildly: return CopyMaker.encoded(image, quality: 60)
    case .blurred:
      var small = resizer.resize(image, width: max(1, image.width / 2), height: max(1, image.height / 2))
      small = resizer.resize(small, width: image.width, height: image.height)
      return CopyMaker.encoded(small, quality: 95)
    case .mirroredEncoded: return CopyMaker.encoded(CopyMaker.mirrored(image), quality: 60)
    default: return changed(image, resizer: &resizer).map { ($0, nil) }
    }
  }

  private func changed(_ image: RGBImage, resizer: inout ImageResizer) -> RGBImage? {
    switch self {
    case .encoded, .encodedMildly, .blurred, .mirroredEncoded: return image
    case .halved: return resizer.resize(image, width: max(1, image.width / 2), height: max(1, image.height / 2))
    case .brighter:
      let pixels = image.pixels.map { UInt8(min(255, (Int($0) * 11 + 5) / 10)) }
      return RGBImage(width: image.width, height: image.height, pixels: pixels)
    case .croppedInAll:
      let (x, y) = (max(2, image.width * 3 / 100), max(2, image.height * 3 / 100))
      return CopyMaker.cropped(image, left: x / 2, top: y / 2, right: x - x / 2, bottom: y - y / 2)
    case .croppedEach:
      let (x, y) = (max(1, (image.width * 3 + 50) / 100), max(1, (image.height * 3 + 50) / 100))
      return CopyMaker.cropped(image, left: x, top: y, right: x, bottom: y)
    case .mirrored: return CopyMaker.mirrored(image)
    }
  }

  private static func encoded(_ image: RGBImage, quality: Int) -> (image: RGBImage, bytes: Int?)? {
    guard let file = try? encodeJPEG(image, quality: quality),
      let copy = try? decodeImage(file, name: "copy.jpg", maxPixels: .max, target: .max).image
    else { return nil }
    return (copy, file.count)
  }

  private static func cropped(_ image: RGBImage, left: Int, top: Int, right: Int, bottom: Int) -> RGBImage? {
    let (width, height) = (image.width - left - right, image.height - top - bottom)
    guard width > 0, height > 0 else { return nil }
    let rows = (top..<(top + height)).map { y in
      image.pixels[(3 * (y * image.width + left))..<(3 * (y * image.width + left + width))]
    }
    return RGBImage(width: width, height: height, pixels: Array(rows.joined()))
  }

  private static func mirrored(_ image: RGBImage) -> RGBImage {
    var pixels = image.pixels
    for y in 0..<image.height {
      for x in 0..<image.width {
        for channel in 0..<3 {
          pixels[3 * (y * image.width + x) + channel] =
            image.pixels[
              3 * (y * image.width + image.width - 1 - x) + channel]
        }
      }
    }
    return RGBImage(width: image.width, height: image.height, pixels: pixels)
  }
}
