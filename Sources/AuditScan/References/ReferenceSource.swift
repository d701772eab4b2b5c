import AuditCore

/// A sample beside what it is compared with, both at one size.
struct Comparison {
  let image: RGBImage
  let reference: RGBImage
  /// In the model's own space; nil where only the residual is known.
  var influence: Influence?
  /// Share of the squared residual per region; empty leaves it to the residual at scoring size.
  var regions: [Double] = []
  var notices: [SampleIssue] = []
  /// The reference's path, where it is a file.
  var pairedPath: String?
}

/// Gives samples their references. One object per worker: it may keep scratch memory.
///
/// A new kind of reference is one file with one of these, and one case of `ReferenceKind`.
protocol ReferenceSource: AnyObject {
  /// Side that pictures are needed at, at least; a decoder may scale large files down to twice that.
  var decodingTarget: Int { get }

  /// Reads what the next comparison needs beside the sample's own picture, so that never two large ones are in memory.
  func prepare(for sample: Sample)

  /// - Parameters:
  ///   - decoded: the sample's picture, at least twice `decodingTarget` wide and high or whole.
  /// - Throws: the issue that leaves the sample without scores.
  func comparison(of decoded: RGBImage, sample: Sample) throws(SampleIssue) -> Comparison

  /// The file that the last comparison was with, or could not be with; nil where there is none.
  var referenceFile: ReferenceFile? { get }
}

extension ReferenceSource {
  var referenceFile: ReferenceFile? { nil }
}

extension ReferenceSource {
  func prepare(for sample: Sample) {}
}

/// A source that is cheaper for several pictures at once: a network.
protocol BatchedReferenceSource: ReferenceSource {
  /// How many pictures one call should get.
  var batchSize: Int { get }

  /// The sample's picture as the network and the metrics want it.
  func prepared(_ decoded: RGBImage) -> RGBImage

  /// One answer per prepared picture, in order.
  func comparisons(of pictures: [(image: RGBImage, sample: Sample)]) -> [Result<Comparison, SampleIssue>]
}
