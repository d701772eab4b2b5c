import AuditCore
import AuditImages
import AuditMetrics

/// Compares a sample with the reference file that belongs to it.
final class PairedSource: ReferenceSource {
  /// Largest side that a pair is compared at: memory stays bounded whatever the files are.
  static let largestSide = 1024

  let decodingTarget: Int
  private let pairing: Pairing
  private let size: Int?
  private let strict: Bool
  private let reader: SampleReader
  private var fitter = PairFitter()
  private let shifts = ShiftFinder()
  /// The reference that was prepared last.
  private var ready: (sample: SamplePath, reference: Result<FittedReference, SampleIssue>)?

  init(pairing: Pairing, settings: ScanSettings, strict: Bool, stop: StopRequest) {
    self.pairing = pairing
    self.strict = strict
    size = settings.size
    // Two pictures must not be scaled by their decoder: its filter would enter the residual.
    decodingTarget = .max
    reader = SampleReader(
      root: pairing.root, maxPixels: settings.maxPixels, target: .max, limits: settings.limits, stop: stop)
  }

  func prepare(for sample: Sample) {
    defer { reader.release() }
    ready = (sample.path, Result { () throws(SampleIssue) in try reference(of: sample) })
  }

  func comparison(of decoded: RGBImage, sample: Sample) throws(SampleIssue) -> Comparison {
    if ready?.sample != sample.path { prepare(for: sample) }
    guard let ready else { throw SampleIssue(.pairMissing) }
    let reference = try ready.reference.get()
    if strict, decoded.width != reference.width || decoded.height != reference.height {
      throw SampleIssue(
        .pairSize,
        "\(decoded.width)x\(decoded.height), its reference \(reference.width)x\(reference.height)")
    }
    var comparison = fitter.fit(decoded, to: reference)
    comparison.pairedPath = reference.path
    if let shift = shifts.shift(of: comparison.image, against: comparison.reference) {
      comparison.notices.append(
        SampleIssue(.pairShifted, "by \(shift.x) px to the right and \(shift.y) px down"))
    }
    return comparison
  }

  private func reference(of sample: Sample) throws(SampleIssue) -> FittedReference {
    guard let path = pairing.reference(of: sample) else { throw SampleIssue(.pairMissing, "no reference by its name") }
    var facts = SampleRow(sample: Sample(path: path, bytes: 0, modified: 0))
    do throws(SampleIssue) {
      return fitter.fitted(try reader.read(facts.sample, into: &facts), path: path.text, size: size)
    } catch {
      throw SampleIssue(.pairMissing, "reference \(path.printable) is \(error.code.rawValue): \(error.code.meaning)")
    }
  }
}

/// Compares every sample with one picture.
final class SingleSource: ReferenceSource {
  let decodingTarget: Int
  private let reference: FittedReference
  private var fitter = PairFitter()

  init(reference: RGBImage, path: String, settings: ScanSettings) {
    self.reference = fitter.fitted(reference, path: path, size: settings.size)
    decodingTarget = .max
  }

  func comparison(of decoded: RGBImage, sample: Sample) throws(SampleIssue) -> Comparison {
    var comparison = fitter.fit(decoded, to: reference)
    comparison.pairedPath = reference.path
    return comparison
  }
}

/// A reference at the size that it is compared at.
private struct FittedReference {
  let image: RGBImage
  let path: String
  /// Of its file, pixels.
  let width: Int
  let height: Int
  /// Whether the size of the comparison was given, and is not the reference's own.
  let isGivenSize: Bool

  var isScaled: Bool { image.width != width || image.height != height }
}

/// Brings two pictures to one size: the reference's, or a given one.
private struct PairFitter {
  private var resizer = ImageResizer()

  mutating func fitted(_ reference: RGBImage, path: String, size: Int?) -> FittedReference {
    let target = PairFitter.target(of: reference, size: size)
    return FittedReference(
      image: resizer.resize(reference, width: target.width, height: target.height), path: path,
      width: reference.width, height: reference.height, isGivenSize: size != nil)
  }

  mutating func fit(_ image: RGBImage, to reference: FittedReference) -> Comparison {
    let (width, height) = (reference.image.width, reference.image.height)
    let isScaled = reference.isScaled || image.width != width || image.height != height
    var comparison = Comparison(
      image: resizer.resize(image, width: width, height: height), reference: reference.image)
    if isScaled, image.width != reference.width || image.height != reference.height || !reference.isGivenSize {
      comparison.notices.append(
        SampleIssue(
          .pairScaled,
          "sample \(image.width)x\(image.height), reference \(reference.width)x\(reference.height), compared at "
            + "\(width)x\(height) (area average down, bicubic up)"))
    }
    return comparison
  }

  private static func target(of reference: RGBImage, size: Int?) -> (width: Int, height: Int) {
    if let size { return (size, size) }
    let largest = max(reference.width, reference.height)
    guard largest > PairedSource.largestSide else { return (reference.width, reference.height) }
    let scale = Double(PairedSource.largestSide) / Double(largest)
    return (
      max(1, Int((Double(reference.width) * scale).rounded())),
      max(1, Int((Double(reference.height) * scale).rounded()))
    )
  }
}
