import AuditCore
import AuditDemo
import AuditImages
import AuditScan
import AuditStore
import Foundation
import Testing

/// Drawn faces of three people in a folder of their own, gone with it.
final class SyntheticSet: Sendable {
  let folder: String
  let faces: String

  /// - Parameter defects: what is planted, by number of the picture.
  init(count: Int, defects: [Int: Defect] = [:], seed: UInt64 = 21) throws {
    let made = FileManager.default.temporaryDirectory.appendingPathComponent("audit-scan-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: made + "/faces", withIntermediateDirectories: true)
    let resolved = try #require(realpath(made, nil))
    folder = String(cString: resolved)
    free(resolved)
    faces = folder + "/faces"
    let artist = FaceArtist(seed: seed, mode: .frames(people: 3, clips: 1), width: 32, height: 32)
    var generator = SplitMix64(seed: seed, keys: 9)
    for number in 0..<count {
      var image = artist.draw(number)
      if let defect = defects[number] { image = defect.apply(to: image, severity: .strong, using: &generator) }
      try write(encodePNG(image), to: SyntheticSet.name(number))
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  static func name(_ number: Int) -> String { "id\(number % 3)/\(1000 + number).png" }

  func write(_ bytes: [UInt8], to name: String) throws {
    let file = URL(fileURLWithPath: faces + "/" + name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  /// A scan of it into the database of that name; without looking at the pictures by themselves, which takes longer,
  /// unless the request is changed.
  func scan(
    into name: String = "a.db", stop: StopRequest = StopRequest(), jobs: Int = 2,
    change: (inout ScanRequest) -> Void = { _ in }, progress: @escaping @Sendable (ScanProgress) -> Void = { _ in }
  ) async throws -> ScanOutcome {
    var request = ScanRequest(dataset: faces)
    request.database = database(name)
    request.jobs = jobs
    request.metrics = "mse,mae,ssim"
    request.settings.size = 64
    request.choices.quality = false
    change(&request)
    return try await Scan(request: request).run(stop: stop, progress: progress)
  }

  func database(_ name: String = "a.db") -> String { folder + "/" + name }

  /// The first column of an answer as text; NULL as `-`.
  func column(_ sql: String, in name: String = "a.db") throws -> [String] {
    try Store(reading: database(name)).rows(sql).map { row in
      switch row.values[0] {
      case .null: "-"
      case .integer(let value): "\(value)"
      case .real(let value): "\(value)"
      case .text(let value): value
      case .blob(let value): "\(value)"
      }
    }
  }
}
