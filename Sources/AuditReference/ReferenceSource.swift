package import AuditCore

/// A sample beside what it is compared with, both at one size.
package struct Comparison {
  package let image: RGBImage
  package let reference: RGBImage
  /// In the model's own space; nil where only the residual is known.
  package var influence: Influence?
  /// Share of the squared residual per region; empty leaves it to the residual at scoring size.
  package var regions: [Double] = []
  package var notices: [SampleIssue] = []
  /// The reference's path, where it is a file.
  package var pairedPath: String?

  package init(image: RGBImage, reference: RGBImage, influence: Influence? = nil, regions: [Double] = []) {
    (self.image, self.reference, self.influence, self.regions) = (image, reference, influence, regions)
  }
}

/// Gives samples their references. One object per worker: it may keep scratch memory.
package protocol ReferenceSource: AnyObject {
  /// What it needs of a sample's picture.
  var demand: PictureDemand { get }

  /// Reads what the next comparison needs beside the sample's own picture, so that never two large ones are in memory.
  func prepare(for sample: Sample)

  /// - Parameters:
  ///   - decoded: the sample's picture, as large as `demand` says.
  /// - Throws: the issue that leaves the sample without scores.
  func comparison(of decoded: RGBImage, sample: Sample) throws(SampleIssue) -> Comparison

  /// The file that the last comparison was with, or could not be with; nil where there is none.
  var referenceFile: ReferenceFile? { get }
}

extension ReferenceSource {
  package var referenceFile: ReferenceFile? { nil }
  package func prepare(for sample: Sample) {}
}

/// A source that is cheaper for several pictures at once: a network.
package protocol BatchedReferenceSource: ReferenceSource {
  /// How many pictures one call should get.
  var batchSize: Int { get }

  /// The sample's picture as the network and the metrics want it.
  func prepared(_ decoded: RGBImage) -> RGBImage

  /// One answer per prepared picture, in order.
  func comparisons(of pictures: [(image: RGBImage, sample: Sample)]) -> [Result<Comparison, SampleIssue>]
}
