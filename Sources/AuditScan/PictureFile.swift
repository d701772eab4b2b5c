package import AuditCore
import AuditImages

/// A picture that the user named, outside any dataset.
package enum PictureFile {
  /// - Throws: `AuditError.unreadable` with the cause.
  package static func decode(
    _ path: String, maxPixels: Int = ScanSettings().maxPixels
  ) throws(AuditError) -> RGBImage {
    let bytes = try ReferenceKind.content(of: path)
    do throws(SampleIssue) {
      return try decodeImage(bytes, name: path, maxPixels: maxPixels, target: .max).image
    } catch {
      throw AuditError(error, file: path)
    }
  }
}
