/// Small pictures that were asked for lately, 12 MB of them at most.
struct SmallPictureCache {
  private static let slots = 4096

  private let load: (Int) throws -> SmallPicture?
  private var kept = [(row: Int, picture: SmallPicture?)](repeating: (-1, nil), count: slots)

  init(load: @escaping (Int) throws -> SmallPicture?) { self.load = load }

  mutating func picture(_ row: Int) throws -> SmallPicture? {
    let slot = row % SmallPictureCache.slots
    if kept[slot].row == row { return kept[slot].picture }
    let picture = try load(row)
    kept[slot] = (row, picture)
    return picture
  }
}
