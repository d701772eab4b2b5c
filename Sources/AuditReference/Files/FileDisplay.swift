import AuditCore
import AuditDataset
import AuditImages

/// Shows the files that samples were compared with.
final class FileDisplay: ReferenceDisplay {
  private let side: Int
  private var resizer = ImageResizer()
  /// Of the references' folder, or the dataset's own.
  private let inside: SampleReader
  /// Of files by their absolute paths.
  private let anywhere: SampleReader

  /// - Parameter folder: of the references; nil where they lie in the dataset's own.
  init(_ run: StoredRunReference, folder: String?) {
    side = LowRankModel.side
    inside = FileDisplay.reader(of: folder ?? run.dataset, run)
    anywhere = FileDisplay.reader(of: "/", run)
  }

  private static func reader(of folder: String, _ run: StoredRunReference) -> SampleReader {
    var limits = run.settings.limits
    // Whatever was scored can be shown: a file that was once read may be read again.
    limits.maxBytes = .max
    return SampleReader(
      FolderSource(root: folder, decoding: run.decoding), maxPixels: run.settings.maxPixels,
      demand: .atLeast(side: run.shownSide), limits: limits)
  }

  func depiction(of sample: ShownSample) -> Depiction? {
    guard let path = sample.pairedPath else { return nil }
    let isAbsolute = path.hasPrefix("/")
    let file = Sample(
      path: SamplePath(bytes: PathText.bytes(of: isAbsolute ? String(path.dropFirst()) : path)), bytes: 0, modified: 0)
    do throws(SampleIssue) {
      let reader = isAbsolute ? anywhere : inside
      defer { reader.release() }
      let whole = try reader.read(file).picture.get().image
      return Depiction(
        whole, of: resizer.resize(sample.image, width: side, height: side),
        against: resizer.resize(whole, width: side, height: side))
    } catch {
      // The sample can still be shown without its reference.
      return nil
    }
  }
}
