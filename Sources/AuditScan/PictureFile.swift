package import AuditCore
import AuditImages

/// A picture that the user named, outside any dataset.
package enum PictureFile {
  /// - Throws: `AuditError.unreadable` with the cause.
  package static func decode(
    _ path: String, maxPixels: Int = ScanSettings().maxPixels
  ) throws(AuditError) -> RGBImage {
    try decode(ReferenceKind.content(of: path), of: path, maxPixels: maxPixels)
  }

  /// - Throws: `AuditError.unreadable` with the cause.
  static func decode(_ bytes: [UInt8], of path: String, maxPixels: Int) throws(AuditError) -> RGBImage {
    do throws(SampleIssue) {
      return try decodeImage(bytes, name: path, maxPixels: maxPixels, target: .max).image
    } catch {
      throw AuditError(error, file: path)
    }
  }
}
