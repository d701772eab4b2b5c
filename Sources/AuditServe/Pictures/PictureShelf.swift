import Synchronization

/// Encoded pictures, the last used ones, within a bound of memory.
final class PictureShelf: Sendable {
  private struct Shelf {
    var pictures: [String: (picture: ServedPicture, used: UInt64)] = [:]
    var bytes = 0
    var clock: UInt64 = 0
    var inWork: [String: Task<ServedPicture, any Error>] = [:]
  }

  private let shelf = Mutex(Shelf())
  private let mostBytes: Int

  init(mostBytes: Int) { self.mostBytes = mostBytes }

  /// The picture of that name; made once, however many ask for it meanwhile.
  func picture(
    _ name: String, make: @escaping @Sendable () async throws -> ServedPicture
  ) async throws -> ServedPicture {
    let found = shelf.withLock { shelf -> (ServedPicture?, Task<ServedPicture, any Error>?) in
      shelf.clock += 1
      if let known = shelf.pictures[name] {
        shelf.pictures[name] = (known.picture, shelf.clock)
        return (known.picture, nil)
      }
      if let task = shelf.inWork[name] { return (nil, task) }
      let task = Task {
        do {
          let picture = try await make()
          self.shelf.withLock { self.keep(picture, name, in: &$0) }
          return picture
        } catch {
          self.shelf.withLock { $0.inWork[name] = nil }
          throw error
        }
      }
      shelf.inWork[name] = task
      return (nil, task)
    }
    if let picture = found.0 { return picture }
    guard let task = found.1 else { return try await make() }
    return try await task.value
  }

  private func keep(_ picture: ServedPicture, _ name: String, in shelf: inout Shelf) {
    shelf.inWork[name] = nil
    // What a file that was exchanged shows is not what its name says.
    guard !picture.isChanged, picture.bytes.count <= mostBytes / 4 else { return }
    shelf.pictures[name] = (picture, shelf.clock)
    shelf.bytes += picture.bytes.count
    guard shelf.bytes > mostBytes else { return }
    // A quarter goes at once, so that not every new one sorts the others.
    for (name, entry) in shelf.pictures.sorted(by: { $0.value.used < $1.value.used }) {
      guard shelf.bytes > mostBytes / 4 * 3 else { return }
      shelf.pictures[name] = nil
      shelf.bytes -= entry.picture.bytes.count
    }
  }
}

/// A picture as it is sent.
struct ServedPicture: Sendable {
  let bytes: [UInt8]
  let type: String
  /// Whether its file is no longer the one that was scored.
  let isChanged: Bool
}
