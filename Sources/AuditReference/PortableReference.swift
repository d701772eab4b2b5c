package import AuditCore
package import AuditDataset
import AuditProbe

/// A prepared reference on its way to another process, which makes it once more.
package struct PortableReference: Sendable {
  /// What a file cannot hold.
  package struct Terms: Codable, Sendable, Equatable {
    package let kind: String
    /// Of a low-rank model.
    var digest = ""
    /// For pairs: whether unequal sizes are refused.
    var isStrict = false
    /// For one picture: its absolute path and size, pixels.
    var path: String?
    var width = 0
    var height = 0

    /// Whether the file that a sample is compared with is handed over beside it.
    package var isOfPairs: Bool { kind == HandedPairs.kind }
  }

  package let terms: Terms
  /// A model, or pixels; empty for nothing.
  package let content: [UInt8]

  init(_ kind: String, content: [UInt8] = [], isStrict: Bool = false) {
    terms = Terms(kind: kind, isStrict: isStrict)
    self.content = content
  }

  init(_ model: LowRankModel) {
    terms = Terms(kind: PreparedLowRank.kind, digest: model.digest)
    content = model.body()
  }

  init(_ kind: String, picture: RGBImage, path: String) {
    terms = Terms(kind: kind, path: path, width: picture.width, height: picture.height)
    content = picture.pixels
  }

  /// Nothing to compare with.
  package static let none = PortableReference(NoReference.kind)

  /// Pairs, each handed over whole.
  package static let pairs = PortableReference(HandedPairs.kind)

  /// A low-rank model from the file that a person names.
  ///
  /// - Returns: it, and the digest that it is known by.
  /// - Throws: where the file cannot be read, or is no model.
  package static func model(file: String) throws(AuditError) -> (reference: PortableReference, digest: String) {
    let model = try ModelFile.read(file)
    return (PortableReference(model), model.digest)
  }
}

/// What a reference finds in the process that it was brought to.
package struct PortableContext: Sendable {
  package let settings: ScanSettings
  /// Reads the reference that was handed over with the sample in work.
  package let files: HandedSource
  /// Names it; nil where there is none.
  package let reference: @Sendable () -> Sample?

  package init(settings: ScanSettings, files: HandedSource, reference: @escaping @Sendable () -> Sample?) {
    (self.settings, self.files, self.reference) = (settings, files, reference)
  }
}

extension PortableReference.Terms {
  /// The reference that was brought.
  ///
  /// - Throws: `AuditError` where the content is none of its kind.
  package func reference(content: [UInt8], _ context: PortableContext) throws(AuditError) -> any PreparedReference {
    let settings = context.settings
    switch kind {
    case NoReference.kind: return NoReference()
    case HandedPairs.kind: return HandedPairs(isStrict: isStrict, context: context)
    case PreparedLowRank.kind:
      return PreparedLowRank(
        model: try LowRankModel(body: content, digest: digest), settings: settings, isOfDataset: false)
    case PreparedLeaveOneOut.kind:
      return PreparedLeaveOneOut(pictures: try LeaveOneOut(decoding: content), settings: settings)
    case PreparedAutoencoder.kind:
      return PreparedAutoencoder(model: try AutoencoderModel(decoding: content), settings: settings)
    case SingleReference.kind:
      guard let path, width > 0, height > 0, content.count == 3 * width * height else { throw unknown }
      return SingleReference(
        RGBImage(width: width, height: height, pixels: content), path: path, settings: settings)
    default: throw unknown
    }
  }

  private var unknown: AuditError { .internalError("a child process was brought a reference that it does not know") }
}
