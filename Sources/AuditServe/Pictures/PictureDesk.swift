import AuditCore
import AuditDataset
import AuditImages
import AuditReference
import AuditReport
import AuditStore
import Synchronization

/// What a picture of a sample shows.
enum PictureKind: String, Sendable, CaseIterable {
  /// Small, for a tile.
  case thumb
  /// In its own size.
  case own
  /// What the sample was compared with.
  case reconstruction
  /// Where both differ, and how much.
  case residual

  static let (thumbSide, ownSide) = (192, 2_048)

  /// Which reader it takes; those that share one wait for each other.
  fileprivate var reader: PictureReader {
    switch self {
    case .thumb: .small
    case .own: .whole
    case .reconstruction, .residual: .compared
    }
  }
}

private enum PictureReader: Hashable, Sendable, CaseIterable {
  case small, whole, compared

  var view: SamplePictures.View {
    switch self {
    case .small: .picture(side: PictureKind.thumbSide)
    case .whole: .whole
    case .compared: .compared
    }
  }
}

/// Pictures of samples, made from the dataset's files when they are asked for: decoded in processes of their own, a few
/// at a time, from nowhere but the dataset.
final class PictureDesk: Sendable {
  private let database: ServedDatabase
  private let dataset: String?
  private let decoding: DecodingChoice
  private let shelf = Shelf<String, ServedPicture>(mostBytes: 24 << 20) { $0.keptBytes }
  /// Who scrolls looks at what was asked for last.
  private let rooms: [PictureReader: WorkRoom] = [
    .small: WorkRoom(places: 2, turn: .newest), .whole: WorkRoom(places: 1, turn: .newest),
    .compared: WorkRoom(places: 1, turn: .newest),
  ]

  /// What reads pictures of a run, lent to one thread at a time.
  private struct Reader: @unchecked Sendable {
    let run: Int64
    let kind: PictureReader
    let pictures: SamplePictures
  }

  private let idle = Mutex<[Reader]>([])
  private static let mostIdle = 4

  /// - Parameters:
  ///   - dataset: where a person says that the files lie; nil looks for them.
  ///   - decoding: where they are decoded.
  init(_ database: ServedDatabase, dataset: String?, decoding: @escaping DecodingChoice) {
    (self.database, self.dataset, self.decoding) = (database, dataset, decoding)
  }

  func answer(_ request: WebRequest, sample text: Substring) async throws -> WebResponse {
    guard let id = Int64(text) else { throw WebRefusal(.notFound, "no such sample") }
    let word = request.query["kind"] ?? PictureKind.thumb.rawValue
    guard let kind = PictureKind(rawValue: word) else {
      let known = PictureKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw WebRefusal(.badRequest, "no kind of picture '\(SamplePath(word).printable)'", hint: "there are \(known)")
    }
    let (run, content) = try await identify(id, for: request.isAwaited)
    let name = "\(content)-\(kind.rawValue)"
    let tag = "\"\(name)\""
    let keeping = [("ETag", tag), ("Cache-Control", "private, no-cache")].map { (name: $0.0, value: $0.1) }
    if request.headers["if-none-match"] == tag {
      return WebResponse(.notModified, type: "", headers: keeping, body: .bytes([]))
    }
    let picture: ServedPicture
    do {
      picture = try await self.picture(id, kind, of: run, content: content, for: request.isAwaited)
    } catch let issue as SampleIssue {
      let words = issue.detail.isEmpty ? issue.code.meaning : issue.detail
      return .text("there is no picture: \(SamplePath(words).printable)", status: .notFound)
    }
    // What a file shows that was exchanged since the scan is never taken for what was scanned.
    return WebResponse(
      type: picture.type, headers: picture.isChanged ? [("X-Audit-Changed", "yes")] : keeping,
      body: .bytes(picture.bytes))
  }

  /// Makes the small pictures of samples before anybody asks.
  func warm(_ ids: [Int64]) async {
    await withTaskGroup(of: Void.self) { group in
      for id in ids {
        group.addTask {
          guard let (run, content) = try? await self.identify(id, for: { true }) else { return }
          _ = try? await self.picture(id, .thumb, of: run, content: content, for: { true })
        }
      }
    }
  }

  private func picture(
    _ id: Int64, _ kind: PictureKind, of run: ServedRun, content: String, for isAwaited: @escaping @Sendable () -> Bool
  ) async throws -> ServedPicture {
    try await shelf.value("\(run.id)-\(id)-\(content)-\(kind.rawValue)", for: isAwaited) { waiters in
      try await self.make(id, kind, of: run, for: waiters)
    }
  }

  /// What is known of a sample by its pixels.
  struct Likeness: Sendable {
    /// The low-rank model that it was scored with; nil where it was none.
    let model: LowRankModel?
    /// The picture in the model's space; nil where its file cannot be read.
    let row: [UInt8]?
    /// Which kinds of pictures there are beside the small one.
    let pictures: [String]
  }

  func likeness(of id: Int64, in run: ServedRun) async throws -> Likeness {
    let room = rooms[.compared] ?? WorkRoom(places: 1)
    return try await room.run {
      let reader = try self.take(.compared, of: run)
      defer { self.giveBack(reader) }
      let model = try reader.pictures.model(of: id)
      guard reader.pictures.datasetIsReachable else { return Likeness(model: model, row: nil, pictures: []) }
      do {
        let picture = try reader.pictures.picture(of: id)
        let kinds: [PictureKind] = [.own] + (picture.heat == nil ? [] : [.reconstruction, .residual])
        return Likeness(model: model, row: picture.modelRow, pictures: kinds.map(\.rawValue))
      } catch is SampleIssue {
        return Likeness(model: model, row: nil, pictures: [])
      }
    }
  }

  /// The run that a sample belongs to, and the digest of its content.
  private func identify(
    _ id: Int64, for isAwaited: @escaping @Sendable () -> Bool
  ) async throws -> (ServedRun, String) {
    let room = rooms[.small] ?? WorkRoom(places: 1)
    return try await room.run(whileWanted: isAwaited) { [database] in
      let run = try database.run(ofSample: id)
      return try database.reading(of: run) { store in
        guard let content = try store.file(ofSample: id)?["sha256"].blob else {
          throw WebRefusal(.notFound, "the file of this sample was never read")
        }
        return (run, content.prefix(16).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())
      }
    }
  }

  private func make(
    _ id: Int64, _ kind: PictureKind, of run: ServedRun, for waiters: Waiters
  ) async throws -> ServedPicture {
    let room = rooms[kind.reader] ?? WorkRoom(places: 1)
    return try await room.run(whileWanted: { waiters.isAnyoneLeft() }) {
      let reader = try self.take(kind.reader, of: run)
      defer { self.giveBack(reader) }
      guard reader.pictures.datasetIsReachable else {
        throw SampleIssue(.gone, "the files are not in '\(reader.pictures.dataset)' any more; say where with --dataset")
      }
      return try PictureDesk.draw(id, kind, from: reader.pictures)
    }
  }

  private static func draw(_ id: Int64, _ kind: PictureKind, from pictures: SamplePictures) throws -> ServedPicture {
    switch kind {
    case .thumb, .own:
      let isSmall = kind == .thumb
      let (image, isChanged) = try pictures.image(
        of: id, most: isSmall ? PictureKind.thumbSide : PictureKind.ownSide)
      return ServedPicture(
        bytes: try encodeJPEG(image, quality: isSmall ? 82 : 92, sampling: isSmall ? .quarter : .full),
        type: "image/jpeg", isChanged: isChanged)
    case .reconstruction, .residual:
      let picture = try pictures.picture(of: id)
      guard let image = kind == .residual ? picture.heat?.image : picture.reference else {
        throw SampleIssue(.gone, "its reference is not kept: no model of its own and no file")
      }
      return ServedPicture(bytes: try encodePNG(image), type: "image/png", isChanged: picture.isChanged)
    }
  }

  private func take(_ kind: PictureReader, of run: ServedRun) throws -> Reader {
    try database.checkIdentity()
    let kept = idle.withLock { idle in
      idle.lastIndex { $0.run == run.id && $0.kind == kind }.map { idle.remove(at: $0) }
    }
    if let kept { return kept }
    let store = try Store(reading: database.path)
    store.takeLittleMemory(megabytes: 1, longest: Store.longestModel)
    return Reader(
      run: run.id, kind: kind,
      pictures: try SamplePictures(
        store, run: run.id, dataset: dataset, decoding: decoding, view: kind.view, isConfined: true))
  }

  private func giveBack(_ reader: Reader) {
    idle.withLock { idle in
      idle.append(reader)
      if idle.count > PictureDesk.mostIdle { idle.removeFirst() }
    }
  }
}
