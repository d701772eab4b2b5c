package import AuditCore
import AuditDigest
import AuditImages
import AuditProbe
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
  private let store: Store
  private let run: Int64
  /// The run's model; nil where the samples were compared with files or a network.
  private let common: LowRankScorer?
  /// What the run trained, and the seed that its keys are made with.
  private let autoencoder: (model: AutoencoderModel, seed: UInt64)?
  /// Of a set that was too small for a model.
  private let pictures: LeaveOneOut?
  private let scoringSize: Int
  /// Folders with a model of their own, and the one that was used last: neighbours mostly share it.
  private let identities: Set<ByteKey>
  private var own: (identity: String, scorer: LowRankScorer)?
  private let referenceFolder: String?
  private var decoder: ImageDecoder
  private var referenceDecoder: ImageDecoder
  private var resizer = ImageResizer()
  // Whatever was scored can be shown: a file that was once read may be read again.
  private let reader = FileReader(maxBytes: .max)

  /// - Parameter folder: where a person says that the dataset lies; nil looks for it.
  package init(_ store: Store, run: Int64, dataset folder: String? = nil) throws {
    self.store = store
    self.run = run
    place = try DatasetPlace(store, run: run, given: folder)
    let row = try store.rows("SELECT name, settings FROM run WHERE id = ?", .integer(run)).first
    let settings = try StoredSettings.decoded(row?["settings"].text ?? "{}", run: row?["name"].text ?? "")
    common = try store.model(of: run).map { LowRankScorer(try LowRankModel(decoding: $0)) }
    autoencoder = try store.model(of: run, kind: StoredModel.autoencoder)
      .map { (try AutoencoderModel(decoding: $0), settings.seed) }
    pictures = try store.model(of: run, kind: StoredModel.leaveOneOut).map { try LeaveOneOut(decoding: $0) }
    scoringSize = settings.scoringSize
    identities = Set(try store.identitiesWithModels(in: run).map(ByteKey.init))
    referenceFolder = settings.pairedFolder
    // As the scan decodes, so that the picture has the very residuals that were scored.
    decoder = ImageDecoder(maxPixels: settings.maxPixels, target: settings.size ?? SamplePictures.side)
    referenceDecoder = ImageDecoder(maxPixels: settings.maxPixels, target: SamplePictures.side)
  }

  /// The low-rank model that a sample was scored with; nil where it was none.
  package func model(of id: Int64) throws -> LowRankModel? {
    let row = try store.rows("SELECT identity FROM sample WHERE id = ?", .integer(id)).first
    return try scorer(forIdentity: row?["identity"].text)?.model
  }

  private func scorer(forIdentity identity: String?) throws -> LowRankScorer? {
    guard let identity, identities.contains(ByteKey(identity)) else { return common }
    if let own, ByteKey(own.identity) == ByteKey(identity) { return own.scorer }
    guard let content = try store.model(of: run, identity: identity) else { return common }
    let scorer = LowRankScorer(try LowRankModel(decoding: content))
    own = (identity, scorer)
    return scorer
  }

  /// Whether files of the run are there.
  package var datasetIsReachable: Bool { place.isReachable }

  /// - Throws: `SampleIssue` that says why there is no picture, `AuditError` where the store cannot be read.
  package func picture(of id: Int64) throws -> SamplePicture {
    let row = try store.rows(
      "SELECT path, path_raw, sha256, identity, paired_path FROM sample WHERE id = ?", .integer(id)
    ).first
    guard let row, let path = row.samplePath else { throw SampleIssue(.gone) }
    guard FilePath.staysInside(path.bytes) else { throw SampleIssue(.open, "a path that leads out of the dataset") }
    let (digest, decoded) = try reader.read(PathText.bytes(of: dataset) + [UInt8(ascii: "/")] + path.bytes) {
      file throws(SampleIssue) in
      let digest = try SamplePictures.sha256(of: file)
      return (digest, try decoder.decode(file, name: path.text).image)
    }
    let small = resizer.resize(decoded, width: LowRankModel.side, height: LowRankModel.side)
    let shown = thumbnail(of: decoded)
    let compared = try comparison(of: decoded, small, row: row)
    return SamplePicture(
      image: shown, reference: compared?.reference, heat: compared?.heat, modelRow: small.pixels,
      isChanged: row["sha256"] != .blob(digest))
  }

  private static func sha256(of file: FileBytes) throws(SampleIssue) -> [UInt8] {
    var hash = SHA256Stream()
    try file.forEachPiece { hash.update($0) }
    return hash.final()
  }

  /// The image alone, for a strip that needs no more.
  package func thumbnail(of id: Int64) throws -> RGBImage { try picture(of: id).image }

  private func comparison(
    of decoded: RGBImage, _ small: RGBImage, row: SQLRow
  ) throws -> (reference: RGBImage, heat: HeatMap)? {
    let side = LowRankModel.side
    if let autoencoder, let path = row.samplePath {
      return drawn(by: autoencoder.model, decoded, key: SampleKey(seed: autoencoder.seed, path: path).value)
    }
    if let pictures, let path = row.samplePath {
      let drawn = pictures.reference(besides: SampleKey(seed: pictures.seed, path: path).value)
      let residual = zip(small.pixels, drawn).map { Float($0) / 255 - $1 }
      return (resizer.enlarge(drawn, side: side, to: side), HeatMap(residual: residual, width: side, height: side))
    }
    if let scorer = try scorer(forIdentity: row["identity"].text) {
      _ = scorer.influence(of: small, key: 0)
      let reference = resizer.enlarge(scorer.reconstruction, side: side, to: side)
      return (reference, HeatMap(residual: scorer.residual, width: side, height: side))
    }
    guard let pairedPath = row["paired_path"].text else { return nil }
    let place = pairedPath.hasPrefix("/") ? pairedPath : (referenceFolder ?? dataset) + "/" + pairedPath
    do throws(SampleIssue) {
      let whole = try reader.read(PathText.bytes(of: place)) { file throws(SampleIssue) in
        try referenceDecoder.decode(file, name: place).image
      }
      let reference = resizer.resize(whole, width: side, height: side)
      return (thumbnail(of: whole), HeatMap(small, reference))
    } catch {
      // The sample can still be shown without its reference.
      return nil
    }
  }

  private func drawn(
    by autoencoder: AutoencoderModel, _ decoded: RGBImage, key: UInt64
  ) -> (reference: RGBImage, heat: HeatMap)? {
    let side = AutoencoderModel.side
    // By way of the scoring size, as the scan does.
    let scored = resizer.resize(decoded, width: scoringSize, height: scoringSize)
    let input = resizer.resize(scored, width: side, height: side)
    guard let pixels = autoencoder.reconstructions(of: [(input.pixels, key)]).first else { return nil }
    let reference = RGBImage(width: side, height: side, pixels: pixels)
    return (reference, HeatMap(input, reference))
  }

  private func thumbnail(of image: RGBImage) -> RGBImage {
    let scale = min(1, Double(SamplePictures.side) / Double(max(image.width, image.height)))
    let width = max(1, Int((Double(image.width) * scale).rounded()))
    let height = max(1, Int((Double(image.height) * scale).rounded()))
    return resizer.resize(image, width: width, height: height)
  }
}

extension ScanSettings {
  /// From "paired folder FOLDER by RULE".
  fileprivate var pairedFolder: String? {
    guard reference.hasPrefix("paired folder "),
      let end = reference.range(of: " by ", options: .backwards)
    else { return nil }
    return String(reference["paired folder ".endIndex..<end.lowerBound])
  }
}

extension HeatMap {
  /// Of two pictures of one size.
  fileprivate init(_ image: RGBImage, _ reference: RGBImage) {
    let residual = zip(image.pixels, reference.pixels).map { (Float($0) - Float($1)) / 255 }
    self.init(residual: residual, width: image.width, height: image.height)
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
