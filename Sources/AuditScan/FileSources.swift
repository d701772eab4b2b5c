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
  private var resizer = ImageResizer()
  private(set) var referenceFile: ReferenceFile?

  init(pairing: Pairing, settings: ScanSettings, strict: Bool) {
    self.pairing = pairing
    self.strict = strict
    size = settings.size
    // Two pictures must not be scaled by their decoder: its filter would enter the residual.
    decodingTarget = .max
    reader = SampleReader(root: pairing.root, maxPixels: settings.maxPixels, target: .max)
  }

  func comparison(of decoded: RGBImage, sample: Sample) throws(SampleIssue) -> Comparison {
    referenceFile = nil
    guard let found = pairing.reference(of: sample) else { throw SampleIssue(.pairMissing, "no reference by its name") }
    let path = found.path
    var facts = SampleRow(sample: found)
    defer { referenceFile = ReferenceFile(file: found, sha256: facts.sha256) }
    let reference: RGBImage
    do throws(SampleIssue) {
      reference = try reader.read(found, into: &facts)
    } catch {
      throw SampleIssue(.pairMissing, "reference \(path.printable) is \(error.code.rawValue): \(error.code.meaning)")
    }
    if strict, decoded.width != reference.width || decoded.height != reference.height {
      throw SampleIssue(
        .pairSize,
        "\(decoded.width)x\(decoded.height), its reference \(reference.width)x\(reference.height)")
    }
    var comparison = fitter.fit(decoded, to: reference, size: size)
    comparison.pairedPath = path.text
    comparison.notices += [notice(of: decoded, reference, comparison)].compactMap { $0 }
    return comparison
  }

  /// Whether the sample is its reference moved, or no picture of it at all.
  private func notice(of decoded: RGBImage, _ reference: RGBImage, _ comparison: Comparison) -> SampleIssue? {
    // In the pixels of the files where that says something: scaled pictures are moved by less.
    let areOfOneSize = decoded.width == reference.width && decoded.height == reference.height
    let (image, other) = areOfOneSize ? (decoded, reference) : (comparison.image, comparison.reference)
    if let shift = shifts.shift(of: image, against: other) {
      return SampleIssue(.pairShifted, "by \(shift.x) px to the right and \(shift.y) px down")
    }
    let side = PictureAgreement.side
    let agreement = PictureAgreement().agreement(
      of: resizer.resize(comparison.image, width: side, height: side),
      with: resizer.resize(comparison.reference, width: side, height: side))
    guard let agreement, agreement < PictureAgreement.lowest else { return nil }
    return SampleIssue(
      .pairMismatch, "their details agree by \(Int((100 * agreement).rounded())) % wherever one is laid on the other")
  }
}

/// Compares every sample with one picture.
final class SingleSource: ReferenceSource {
  let decodingTarget: Int
  private let reference: RGBImage
  private let size: Int?
  private let path: String
  private var fitter = PairFitter()

  init(reference: RGBImage, path: String, settings: ScanSettings) {
    self.reference = reference
    self.path = path
    size = settings.size
    decodingTarget = .max
  }

  func comparison(of decoded: RGBImage, sample: Sample) throws(SampleIssue) -> Comparison {
    var comparison = fitter.fit(decoded, to: reference, size: size)
    comparison.pairedPath = path
    return comparison
  }
}

/// Brings two pictures to one size: the reference's, or a given one.
private struct PairFitter {
  private var resizer = ImageResizer()

  mutating func fit(_ image: RGBImage, to reference: RGBImage, size: Int?) -> Comparison {
    let target = PairFitter.target(of: reference, size: size)
    let isScaled = [image, reference].contains { $0.width != target.width || $0.height != target.height }
    var comparison = Comparison(
      image: resizer.resize(image, width: target.width, height: target.height),
      reference: resizer.resize(reference, width: target.width, height: target.height))
    if isScaled, image.width != reference.width || image.height != reference.height || size == nil {
      comparison.notices.append(
        SampleIssue(
          .pairScaled,
          "sample \(image.width)x\(image.height), reference \(reference.width)x\(reference.height), compared at "
            + "\(target.width)x\(target.height) (area average down, bicubic up)"))
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
