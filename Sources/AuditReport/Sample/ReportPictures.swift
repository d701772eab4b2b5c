import AuditCore
package import AuditDataset
import AuditImages
package import AuditStore
import Foundation

/// The pictures of a report as data URIs, by sample id.
package struct ReportPictures: Sendable {
  package struct Tile: Sendable {
    package let image: String
    package let reference: String?
    package let heat: String?
    /// Width over height of the sample.
    package let aspect: Double
    package let isChanged: Bool
  }

  package let tiles: [Int64: Tile]
  /// Pictures of the cut line, without reference.
  package let stops: [Int64: String]
  /// Why a sample has no picture, for a person.
  package let missing: [Int64: String]
  /// Why there is no picture at all; nil where there are some, or none belongs there.
  package let absence: String?

  /// Images beyond the tiles that are marked, of which the page has a picture where there is room.
  private static let mostMarked = 400

  package static let none = ReportPictures(tiles: [:], stops: [:], missing: [:], absence: nil)

  private init(tiles: [Int64: Tile], stops: [Int64: String], missing: [Int64: String], absence: String?) {
    self.tiles = tiles
    self.stops = stops
    self.missing = missing
    self.absence = absence
  }

  /// All pictures together never take more, so that the page stays below 5 MB: less where long paths take the room.
  static func room(besidePaths bytes: Int, table: Int) -> Int { max(0, 3_400_000 - 6 * bytes - table) }
}

extension ReportPictures {
  /// Draws the tiles and the cut line's images, in the order of the page, until the room is used up.
  ///
  /// - Parameters:
  ///   - folder: where a person says that the dataset lies; nil looks for it.
  ///   - decoding: where files are decoded; nil in this process.
  package init(
    _ model: ReportModel, store: Store, dataset folder: String? = nil, decoding: DecodingChoice? = nil
  ) throws {
    let source = try SamplePictures(store, run: model.runID, dataset: folder, decoding: decoding)
    let paths =
      model.galleries.flatMap(\.tiles).map(\.path) + (model.cut?.stops.map(\.path) ?? [])
      + model.smallPictures.map(\.path)
    var maker = PictureMaker(
      source: source,
      room: ReportPictures.room(besidePaths: paths.reduce(0) { $0 + $1.utf8.count }, table: model.rows.bytes))
    // They stand where the page begins: before all others, if room is short.
    for tile in model.worst { try maker.addStop(tile.id) }
    for tile in model.galleries.flatMap(\.tiles) { try maker.addTile(tile.id) }
    let first = model.galleries.first?.tiles.first?.id
    for id in [first].compactMap({ $0 }) + (model.cut?.stops.map(\.last) ?? []) { try maker.addStop(id) }
    for item in model.smallPictures { try maker.addStop(item.id) }
    for id in model.rows.marked.prefix(ReportPictures.mostMarked) { try maker.addStop(id) }
    let wanted = !paths.isEmpty && maker.tiles.isEmpty && maker.stops.isEmpty
    let cause =
      source.missingFeeder.map { "they are handed out by a program, which --feeder names: \($0)" }
      ?? (source.datasetIsReachable
        ? maker.missing.values.min() ?? "none could be read"
        : "the files are not in '\(SamplePath(source.dataset).printable)' any more")
    self.init(tiles: maker.tiles, stops: maker.stops, missing: maker.missing, absence: wanted ? cause : nil)
  }
}

/// Collects pictures and counts their bytes.
private struct PictureMaker {
  private let source: SamplePictures
  private let isReachable: Bool
  private(set) var tiles: [Int64: ReportPictures.Tile] = [:]
  private(set) var stops: [Int64: String] = [:]
  private(set) var missing: [Int64: String] = [:]
  private var room: Int

  init(source: SamplePictures, room: Int) {
    self.source = source
    self.room = room
    isReachable = source.datasetIsReachable
  }

  mutating func addTile(_ id: Int64) throws {
    guard let picture = try picture(of: id), tiles[id] == nil else { return }
    let tile = ReportPictures.Tile(
      image: try uri(picture.image), reference: try picture.reference.map { try uri($0) },
      heat: try picture.heat.map { try uri($0.image) },
      aspect: Double(picture.image.width) / Double(picture.image.height), isChanged: picture.isChanged)
    let size = tile.image.utf8.count + (tile.reference?.utf8.count ?? 0) + (tile.heat?.utf8.count ?? 0)
    guard takeRoom(size, for: id) else { return }
    tiles[id] = tile
  }

  mutating func addStop(_ id: Int64) throws {
    guard tiles[id] == nil, stops[id] == nil, let picture = try picture(of: id) else { return }
    let text = try uri(picture.image)
    if takeRoom(text.utf8.count, for: id) { stops[id] = text }
  }

  private mutating func picture(of id: Int64) throws -> SamplePicture? {
    guard isReachable else {
      missing[id] = "the files are not where they were scanned"
      return nil
    }
    do {
      return try source.picture(of: id)
    } catch let issue as SampleIssue {
      missing[id] = issue.code.meaning
      return nil
    }
  }

  private mutating func takeRoom(_ size: Int, for id: Int64) -> Bool {
    guard size <= room else {
      missing[id] = "left out to keep this file small"
      return false
    }
    room -= size
    return true
  }

  private func uri(_ image: RGBImage) throws -> String {
    "data:image/jpeg;base64," + Data(try encodeJPEG(image, quality: 82)).base64EncodedString()
  }
}
