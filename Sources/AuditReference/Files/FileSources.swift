import AuditCore
import AuditDataset
import AuditImages
import AuditMetrics

/// Compares a sample with the reference file that belongs to it.
final class PairedSource: ReferenceSource {
  /// Largest side that a pair is compared at: memory stays bounded whatever the files are.
  static let largestSide = 1024

  // Two pictures must not be scaled by their decoder: its filter would enter the residual.
  let demand = PictureDemand.whole
  private let references: (Sample) -> Sample?
  private let size: Int?
  private let strict: Bool
  private let reader: SampleReader
  private var fitter = PairFitter()
  private let shifts = ShiftFinder()
  private var resizer = ImageResizer()
  /// The reference that was prepared last.
  private var ready: (sample: SamplePath, reference: Result<FittedReference, SampleIssue>)?
  private(set) var referenceFile: ReferenceFile?

  /// - Parameters:
  ///   - files: what reads the references.
  ///   - references: the reference of a sample; nil where it has none.
  init(
    _ files: any SampleSource, settings: ScanSettings, strict: Bool, stop: StopRequest,
    references: @escaping (Sample) -> Sample?
  ) {
    self.references = references
    self.strict = strict
    size = settings.size
    reader = SampleReader(
      files, maxPixels: settings.maxPixels, demand: .whole, limits: settings.limits,
      stop: stop)
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
    comparison.notices += [notice(of: decoded, reference, comparison)].compactMap { $0 }
    return comparison
  }

  private func reference(of sample: Sample) throws(SampleIssue) -> FittedReference {
    referenceFile = nil
    guard let found = references(sample) else { throw SampleIssue(.pairMissing, "no reference by its name") }
    referenceFile = ReferenceFile(file: found)
    do throws(SampleIssue) {
      let file = try reader.read(found)
      referenceFile?.sha256 = file.sha256
      return fitter.fitted(try file.picture.get().image, path: found.path.text, size: size)
    } catch {
      throw SampleIssue(
        .pairMissing, "reference \(found.path.printable) is \(error.code.rawValue): \(error.code.meaning)")
    }
  }

  /// Whether the sample is its reference moved, or no picture of it at all.
  private func notice(of decoded: RGBImage, _ reference: FittedReference, _ comparison: Comparison) -> SampleIssue? {
    // In the pixels of the files where that says something: scaled pictures are moved by less.
    var (image, other) = (comparison.image, comparison.reference)
    if let whole = reference.whole, decoded.width == whole.width, decoded.height == whole.height {
      (image, other) = (decoded, whole)
    }
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
  let demand = PictureDemand.whole
  private let reference: FittedReference
  private var fitter = PairFitter()

  init(reference: RGBImage, path: String, settings: ScanSettings) {
    self.reference = fitter.fitted(reference, path: path, size: settings.size)
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
  /// At its own size, where that is no larger than what is compared at most.
  let whole: RGBImage?
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
      image: resizer.resize(reference, width: target.width, height: target.height),
      whole: max(reference.width, reference.height) <= PairedSource.largestSide ? reference : nil, path: path,
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
