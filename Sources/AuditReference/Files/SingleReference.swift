package import AuditCore
import AuditDataset
import AuditDigest
package import AuditInference

/// One picture for all.
package struct SingleReference: Reference, PreparedReference {
  package static let info = ReferenceInfo(name: "file", older: "file ")
  static let kind = "picture"

  private let picture: RGBImage
  /// Absolute.
  private let path: String
  private let digest: String
  private let settings: ScanSettings

  init(_ picture: PictureFile, path: String, settings: ScanSettings) {
    (self.picture, self.path, self.settings) = (picture.image, path, settings)
    digest = hexadecimal(picture.sha256)
  }

  /// In a process that it was brought to, where nobody asks for its identity.
  init(_ picture: RGBImage, path: String, settings: ScanSettings) {
    (self.picture, self.path, self.settings) = (picture, path, settings)
    digest = ""
  }

  package var portable: PortableReference? { PortableReference(SingleReference.kind, picture: picture, path: path) }

  package var identity: String { "file \(digest)" }

  package func comparedSize(_ settings: ScanSettings) -> PictureSize? { settings.size.map { PictureSize(side: $0) } }

  package func prepare(_ context: PreparationContext) -> Preparation { Preparation(self) }

  package func makeSource(stop: StopRequest) -> (any ReferenceSource)? {
    SingleSource(reference: picture, path: path, settings: settings)
  }

  package static func display(of run: StoredRunReference) -> (any ReferenceDisplay)? { FileDisplay(run, folder: nil) }
}

/// The file that a person names.
package struct SingleReferenceRequest: ReferenceRequest {
  private let file: String

  package init(file: String) { self.file = file }

  package func reference(_ context: ReferenceContext) throws -> any Reference {
    let settings = context.settings
    let picture = try PictureFile(file, maxPixels: settings.maxPixels, limits: settings.limits)
    return SingleReference(picture, path: try FilePath.absolute(file), settings: settings)
  }
}
