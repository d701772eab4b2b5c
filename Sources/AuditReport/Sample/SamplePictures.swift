package import AuditCore
package import AuditDataset
import AuditImages
package import AuditReference
package import AuditStore
import Foundation

/// A sample as a person sees it: the picture, its reference, and where they differ.
package struct SamplePicture: Sendable {
  /// In its own shape, at most `SamplePictures.side` pixels wide and high.
  package let image: RGBImage
  /// In model space where the reference is a model, else like the image; nil where there is none.
  package let reference: RGBImage?
  package let heat: HeatMap?
  /// The image in model space, 64 x 64 x 3.
  package let modelRow: [UInt8]
  /// Whether the file is no longer the one that was scored.
  package let isChanged: Bool
}

/// Makes pictures of samples from the dataset's files and the model that is stored with the run.
///
/// Numbers come from the store; pictures need the files. Where these are gone, everything else still works.
package final class SamplePictures {
  package static let side = 128

  /// Where the dataset lies now.
  package var dataset: String { place.path }
  private let place: DatasetPlace
  /// The command that handed the files out when they were scanned, where nobody hands them out now.
  package let missingFeeder: String?
  private let store: Store
  private let run: Int64
  /// Shows what the samples were compared with; nil where nothing of that is kept.
  private let display: (any ReferenceDisplay)?
  private let reader: SampleReader
  private var resizer = ImageResizer()
  /// Where alone files may lie, without links; nil where links may lead anywhere.
  private let confinement: [UInt8]?

  /// What somebody wants to see of samples.
  package enum View: Sendable {
    /// Everything, in the sizes of a page.
    case compared
    /// The picture alone, at so many pixels a side.
    case picture(side: Int)
    /// The picture alone, with all that its file has.
    case whole
  }

  /// - Parameters:
  ///   - folder: where a person says that the dataset lies; nil looks for it.
  ///   - decoding: where files are decoded; nil in this process.
  ///   - view: what will be asked for.
  ///   - isConfined: whether files are refused that links lead to outside of the dataset.
  package init(
    _ store: Store, run: Int64, dataset folder: String? = nil, decoding: DecodingChoice? = nil, view: View = .compared,
    isConfined: Bool = false
  ) throws {
    self.store = store
    self.run = run
    place = try DatasetPlace(store, run: run, given: folder)
    let stored = try store.nameAndSettings(of: run)
    var settings = try StoredSettings.decoded(stored.settings, run: stored.name)
    missingFeeder = FedFolders.feeder(of: place.path) == nil ? settings.choices?.feeder : nil
    // Whatever was scored can be shown: a file that was once read may be read again.
    settings.limits.maxBytes = .max
    let pool = try decoding?(settings)
    confinement = isConfined ? FilePath.resolved(PathText.bytes(of: place.path)) : nil
    let demand: PictureDemand
    switch view {
    case .compared:
      display = try ReferenceKinds.display(
        of: StoredRunReference(
          settings: settings, dataset: place.path, models: RunModels(store, run: run), shownSide: SamplePictures.side,
          decoding: pool))
      // As the scan decodes, so that the picture has the very residuals that were scored.
      demand = .atLeast(side: settings.size ?? SamplePictures.side)
    case .picture(let side): (display, demand) = (nil, .atLeast(side: side))
    case .whole: (display, demand) = (nil, .whole)
    }
    reader = SampleReader(
      FolderSource(root: place.path, decoding: pool), maxPixels: settings.maxPixels, demand: demand,
      limits: settings.limits)
  }

  /// The low-rank model that a sample was scored with; nil where it was none.
  package func model(of id: Int64) throws -> LowRankModel? {
    try display?.model(identity: store.file(ofSample: id)?["identity"].text)
  }

  /// Whether files of the run are there.
  package var datasetIsReachable: Bool { place.isReachable }

  /// - Throws: `SampleIssue` that says why there is no picture, `AuditError` where the store cannot be read.
  package func picture(of id: Int64) throws -> SamplePicture {
    defer { reader.release() }
    let (row, path, file) = try read(id)
    let decoded = try file.picture.get().image
    let small = resizer.resize(decoded, width: LowRankModel.side, height: LowRankModel.side)
    let depiction = try display?.depiction(
      of: ShownSample(
        image: decoded, path: path, identity: row["identity"].text, pairedPath: row["paired_path"].text))
    return SamplePicture(
      image: thumbnail(of: decoded), reference: depiction.map { thumbnail(of: $0.reference) },
      heat: depiction.map { HeatMap(residual: $0.residual, width: $0.side, height: $0.side) }, modelRow: small.pixels,
      isChanged: row["sha256"] != .blob(file.sha256))
  }

  /// The picture alone, in its own shape.
  ///
  /// - Parameter most: pixels that neither side is larger than.
  /// - Returns: and whether the file is no longer the one that was scored.
  /// - Throws: as `picture(of:)`.
  package func image(of id: Int64, most: Int) throws -> (image: RGBImage, isChanged: Bool) {
    defer { reader.release() }
    let (row, _, file) = try read(id)
    return (fitted(try file.picture.get().image, most: most), row["sha256"] != .blob(file.sha256))
  }

  private func read(_ id: Int64) throws -> (row: SQLRow, path: SamplePath, file: ReadSample) {
    guard let row = try store.file(ofSample: id), let path = row.samplePath else { throw SampleIssue(.gone) }
    if let confinement {
      let place = FilePath.resolved(PathText.bytes(of: self.place.path) + [UInt8(ascii: "/")] + path.bytes)
      guard FilePath.contains(confinement, place) else {
        throw SampleIssue(.open, "a link that leads out of the dataset")
      }
    }
    return (row, path, try reader.read(Sample(path: path, bytes: 0, modified: 0)))
  }

  /// The image alone, for a strip that needs no more.
  package func thumbnail(of id: Int64) throws -> RGBImage { try picture(of: id).image }

  private func thumbnail(of image: RGBImage) -> RGBImage { fitted(image, most: SamplePictures.side) }

  private func fitted(_ image: RGBImage, most: Int) -> RGBImage {
    let scale = min(1, Double(most) / Double(max(image.width, image.height)))
    let width = max(1, Int((Double(image.width) * scale).rounded()))
    let height = max(1, Int((Double(image.height) * scale).rounded()))
    return resizer.resize(image, width: width, height: height)
  }
}

extension SamplePicture {
  /// Image, reference and residual beside each other; nil where there is no reference.
  ///
  /// - Parameter side: width and height of each in pixels.
  package func strip(side: Int) -> RGBImage? {
    guard let reference, let heat else { return nil }
    var resizer = ImageResizer()
    let parts = [image, reference, heat.image].map { resizer.resize($0, width: side, height: side) }
    let gap = [UInt8](repeating: 255, count: 3 * 4)
    var pixels: [UInt8] = []
    for row in 0..<side {
      for (index, part) in parts.enumerated() {
        if index > 0 { pixels += gap }
        pixels += part.pixels[(3 * side * row)..<(3 * side * (row + 1))]
      }
    }
    return RGBImage(width: 3 * side + 8, height: side, pixels: pixels)
  }
}
