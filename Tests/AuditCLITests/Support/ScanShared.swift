import AuditCore
import AuditDemo
import AuditImages
import AuditStore
import Foundation
import Testing

/// One scanned set of drawn faces that many tests ask: four people in FaceSwap's file names, planted defects, files that
/// cannot be read, a copy, an odd shape. Run `first` is the set as it was drawn; before run `second` one face is spoiled.
final class SharedScan: Sendable {
  static let people = 4
  static let frames = 30
  static let notAFace = "id2/film_000007_0.png"
  static let negative = "id3/film_000011_0.png"
  static let spoiledLater = "id4/film_000002_0.png"
  static let decided = "id1/film_000001_0.png"
  static let copied = "id1/film_000005_0.png"

  let scratch: Scratch
  let faces: String
  let database: String
  /// Of the results of run `first`.
  let digest: String
  /// What run `first` printed.
  let first: Command

  private init() throws {
    scratch = try Scratch()
    faces = scratch.path + "/faces"
    database = scratch.path + "/faces.audit.db"
    scratch.removeAtExit()
    try SharedScan.draw(into: faces)
    first = try Command.audit(["scan", faces, "--size", "64"])
    try #require(first.status == 0, "\(first.err)")
    digest = try Store.digest(database)
  }

  private static let shared = Result { try SharedScan() }

  static func get() throws -> SharedScan { try shared.get() }

  static func draw(into faces: String) throws {
    let artist = FaceArtist(seed: 11, mode: .frames(people: people, clips: 1), width: 48, height: 48)
    var generator = SplitMix64(seed: 12, keys: 1)
    func frame(_ person: Int, _ number: Int) -> RGBImage { artist.draw(person: person, clip: 0, frame: number) }
    for person in 0..<people {
      for number in 0..<frames {
        let path = path(person, number)
        var image = frame(person, number)
        if path == notAFace { image = Defect.notAFace.apply(to: image, severity: .strong, using: &generator) }
        if path == negative { image = Defect.inverted.apply(to: image, severity: .strong, using: &generator) }
        try Files.write(encodePNG(image), to: faces + "/" + path)
      }
    }
    let copy = [UInt8](try Data(contentsOf: URL(fileURLWithPath: faces + "/" + copied)))
    try Files.write(copy, to: faces + "/id1/a copy, \"quoted\".png")
    try Files.write(Array(copy.prefix(copy.count / 2)), to: faces + "/id2/cut.png")
    try Files.write(Array("Notes of the second day.\n".utf8), to: faces + "/id2/notes.jpg")
    try Files.write(
      encodeJPEG(ImageStrip.wide(frame(0, 3)), quality: 95), to: faces + "/id3/wide.jpg")
  }

  static func path(_ person: Int, _ number: Int) -> String {
    let digits = String(number)
    return "id\(person + 1)/film_" + String(repeating: "0", count: 6 - digits.count) + digits + "_0.png"
  }
}

/// The shared set after a second run, in which one face is spoiled, and a decision: what the questions are asked about.
final class AskedScan: Sendable {
  let scratch: Scratch
  let database: String

  private init() throws {
    let set = try SharedScan.get()
    scratch = try Scratch()
    scratch.removeAtExit()
    database = scratch.path + "/asked.db"
    try FileManager.default.copyItem(atPath: set.database, toPath: database)
    let faces = scratch.path + "/faces"
    let copied = try Command.run("/bin/cp", ["-a", set.faces, faces])
    try #require(copied.status == 0, "\(copied.err)")
    try Files.write(encodePNG(Picture.noise(8, width: 48, height: 48)), to: faces + "/" + SharedScan.spoiledLater)
    let second = try Command.audit(["scan", faces, "--size", "64", "--db", database, "-q"])
    try #require(second.status == 0, "\(second.err)")
    let hash = try Store.value(
      "SELECT sha256 FROM samples WHERE path = '\(SharedScan.decided)'", in: database)
    let store = try Store(deciding: database)
    try store.decide([
      NewDecision(
        sha256: AskedScan.bytes(hash), path: SharedScan.decided, verdict: .drop, reason: "two faces", who: "ada",
        at: "2025-03-01T12:00:00Z")
    ])
  }

  private static let shared = Result { try AskedScan() }

  static func get() throws -> AskedScan { try shared.get() }

  private static func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = Array(hexadecimal)
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap { UInt8(String(digits[$0...($0 + 1)]), radix: 16) }
  }
}

/// A picture beside itself.
private enum ImageStrip {
  static func wide(_ image: RGBImage) -> RGBImage {
    var pixels: [UInt8] = []
    for row in 0..<image.height {
      let line = image.pixels[(3 * row * image.width)..<(3 * (row + 1) * image.width)]
      pixels += line + line
    }
    return RGBImage(width: 2 * image.width, height: image.height, pixels: pixels)
  }
}
