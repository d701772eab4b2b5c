import AuditCore
import AuditImages

/// Shows the files that samples were compared with.
final class FileDisplay: ReferenceDisplay {
  /// Of the references; nil where they lie in the dataset's own.
  private let folder: String
  private let side: Int
  private var decoder: ImageDecoder
  private var resizer = ImageResizer()
  // Whatever was scored can be shown: a file that was once read may be read again.
  private let reader = FileReader(maxBytes: .max)

  init(_ run: StoredRunReference, folder: String?) {
    self.folder = folder ?? run.dataset
    side = LowRankModel.side
    decoder = ImageDecoder(maxPixels: run.settings.maxPixels, target: run.shownSide)
  }

  func depiction(of sample: ShownSample) -> Depiction? {
    guard let path = sample.pairedPath else { return nil }
    let place = path.hasPrefix("/") ? path : folder + "/" + path
    do throws(SampleIssue) {
      let whole = try reader.read(PathText.bytes(of: place)) { file throws(SampleIssue) in
        try decoder.decode(file, name: place).image
      }
      return Depiction(
        whole, of: resizer.resize(sample.image, width: side, height: side),
        against: resizer.resize(whole, width: side, height: side))
    } catch {
      // The sample can still be shown without its reference.
      return nil
    }
  }
}
