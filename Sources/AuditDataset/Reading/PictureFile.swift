package import AuditCore
import AuditDigest
import AuditImages
import Glibc

/// A picture that the user named, outside any dataset; it may lie in a container.
package struct PictureFile {
  package let image: RGBImage
  /// SHA-256 of the file.
  package let sha256: [UInt8]

  /// Reads it as a scan reads its files: nothing but the first bytes of what is no picture, large ones in pieces.
  ///
  /// - Parameter limits: what the file may cost; nil where nobody can say otherwise.
  /// - Throws: `AuditError.unreadable` with the cause.
  package init(
    _ path: String, maxPixels: Int = ScanSettings().maxPixels, limits: ReadingLimits? = nil
  ) throws(AuditError) {
    try FilePath.refuseNowhere(path)
    let watch = DecodeWatch(seconds: limits?.timeout ?? .infinity)
    var decoder = ImageDecoder(maxPixels: maxPixels, target: .max)
    do throws(SampleIssue) {
      let descriptor = try OpenContainers().open(PathText.bytes(of: path))
      defer { close(descriptor) }
      (image, sha256) = try FileReader(maxBytes: limits?.maxBytes ?? .max).read(open: descriptor) {
        file throws(SampleIssue) in
        let image = try decoder.decode(file, name: path, watch: watch).image
        var hash = SHA256Stream()
        try file.forEachPiece(watch: watch) { hash.update($0) }
        return (image, hash.final())
      }
    } catch {
      throw AuditError(error, file: path)
    }
  }
}
