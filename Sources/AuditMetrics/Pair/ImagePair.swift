package import AuditCore
import CKernels

/// An image and its reference, with everything that several metrics need worked out once.
///
/// One object serves one worker: `load` takes the next pair and reuses all memory, so that nothing large is allocated
/// per image once the largest size was seen. Parts are computed when a metric first asks for them.
package final class ImagePair {
  /// Columns and rows of the loaded pair; 0 before the first `load`.
  package private(set) var width = 0
  package private(set) var height = 0

  let kernels: audit_metric_kernels

  /// Planes of codes: R G B of the image, then R G B of the reference.
  private let codes = Scratch<UInt8>()
  private var parts: [ObjectIdentifier: AnyObject] = [:]
  private var pairNumber = 0

  /// - Parameter kernels: the build of the pixel loops, for tests; what the environment chose elsewhere.
  package init(kernels: Kernels = .chosen) {
    self.kernels = kernels.table
  }

  /// Takes the next pair. What was derived from the one before is forgotten, its memory is kept.
  ///
  /// - Precondition: equal sizes.
  package func load(image: RGBImage, reference: RGBImage) {
    precondition(image.width == reference.width && image.height == reference.height, "images of a pair differ in size")
    width = image.width
    height = image.height
    pairNumber += 1
    let planes = codes.room(6 * count)
    split(image, into: planes)
    split(reference, into: planes + 3 * count)
  }

  private func split(_ image: RGBImage, into planes: UnsafeMutablePointer<UInt8>) {
    image.pixels.withUnsafeBufferPointer { pixels in
      precondition(pixels.count == 3 * count, "pixels do not fill the image")
      guard let base = pixels.baseAddress else { return }
      kernels.split(base, count, planes, planes + count, planes + 2 * count)
    }
  }

  /// Pixels of one image.
  var count: Int { width * height }

  /// Codes of one channel (0 red, 1 green, 2 blue) of the image.
  func imageCodes(_ channel: Int) -> UnsafePointer<UInt8> {
    UnsafePointer(codes.room(6 * count) + channel * count)
  }

  /// Codes of one channel of the reference.
  func referenceCodes(_ channel: Int) -> UnsafePointer<UInt8> {
    UnsafePointer(codes.room(6 * count) + (3 + channel) * count)
  }

  /// The value of a part for the loaded pair, measured at the first call after `load`.
  func part<Part: PairPart>(_ type: Part.Type) -> Part.Value {
    let key = ObjectIdentifier(type)
    if let cached = parts[key] {
      return unsafeDowncast(cached, to: CachedPart<Part>.self).value(self, number: pairNumber)
    }
    let cached = CachedPart<Part>()
    parts[key] = cached
    return cached.value(self, number: pairNumber)
  }

  /// How often each residual occurs, all channels together.
  package var residuals: ResidualHistogram { part(ResidualCounts.self).all }
}
