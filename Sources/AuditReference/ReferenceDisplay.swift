package import AuditCore
package import AuditDataset

/// A stored run as far as its references can be opened again.
package struct StoredRunReference: Sendable {
  package let settings: ScanSettings
  /// Where the samples lie now.
  package let dataset: String
  package let models: any ModelReading
  /// Side that pictures are shown at.
  package let shownSide: Int
  /// Where files are decoded; nil in this process.
  package let decoding: (any DecodingPool)?

  package init(
    settings: ScanSettings, dataset: String, models: any ModelReading, shownSide: Int,
    decoding: (any DecodingPool)? = nil
  ) {
    (self.settings, self.dataset, self.models, self.shownSide) = (settings, dataset, models, shownSide)
    self.decoding = decoding
  }
}

/// Shows what the samples of a stored run were compared with.
package protocol ReferenceDisplay: AnyObject {
  /// nil where it cannot be shown: the sample is shown without it then.
  func depiction(of sample: ShownSample) throws -> Depiction?

  /// The low-rank model that a sample was scored with; nil where it was none.
  ///
  /// - Parameter identity: the sample's folder.
  func model(identity: String?) throws -> LowRankModel?
}

extension ReferenceDisplay {
  package func model(identity: String?) throws -> LowRankModel? { nil }
}

/// A sample of a stored run that is to be shown.
package struct ShownSample: Sendable {
  package let image: RGBImage
  package let path: SamplePath
  package let identity: String?
  package let pairedPath: String?

  package init(image: RGBImage, path: SamplePath, identity: String?, pairedPath: String?) {
    (self.image, self.path, self.identity, self.pairedPath) = (image, path, identity, pairedPath)
  }
}

/// What a sample was compared with, in the space in which it is known.
package struct Depiction: Sendable {
  package let reference: RGBImage
  /// Image minus reference in full scale: 3 x `side` x `side`.
  package let residual: [Float]
  package let side: Int

  package init(reference: RGBImage, residual: [Float], side: Int) {
    (self.reference, self.residual, self.side) = (reference, residual, side)
  }

  /// Of two pictures of one size, `side` x `side`.
  package init(_ reference: RGBImage, of image: RGBImage, against compared: RGBImage) {
    self.init(
      reference: reference,
      residual: zip(image.pixels, compared.pixels).map { (Float($0) - Float($1)) / 255 }, side: image.width)
  }
}
