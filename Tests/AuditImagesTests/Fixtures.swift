import AuditCore
import Foundation
import Testing

@testable import AuditImages

/// The files of `Fixtures`, which `make_fixtures.py` made with Pillow.
struct Manifest: Decodable, Sendable {
  struct Decode: Decodable, Sendable, CustomTestStringConvertible {
    let file: String
    let imageWidth: Int
    let imageHeight: Int
    let width: Int
    let height: Int
    let colour: String
    let bits: Int
    let alpha: Bool
    let orientation: Int
    let frames: Int
    let target: Int

    var testDescription: String { file }
  }

  struct Resize: Decodable, Sendable {
    let from: [Int]
    let to: [Int]
    let seed: UInt32
    /// The expected pixels; nil where only their digest is stored.
    let file: String?
    let fnv: String?
  }

  struct Enlarge: Decodable, Sendable {
    let side: Int
    let size: Int
    let seed: UInt32
    let file: String
  }

  let decode: [Decode]
  let resize: [Resize]
  let enlarge: [Enlarge]

  static let shared: Manifest = {
    do {
      return try JSONDecoder().decode(Manifest.self, from: Data(fixture("manifest.json")))
    } catch {
      fatalError("manifest.json: \(error)")
    }
  }()
}

/// The bytes of a file in `Fixtures`.
func fixture(_ name: String) throws -> [UInt8] {
  let folder = Bundle.module.bundleURL.appendingPathComponent("Fixtures")
  return [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
}

/// The generator of `make_fixtures.py`: x -> 1664525 x + 1013904223 mod 2^32, its top eight bits each time.
struct Generator {
  private var state: UInt32

  init(seed: UInt32) { state = seed }

  mutating func byte() -> UInt8 {
    state = state &* 1_664_525 &+ 1_013_904_223
    return UInt8(state >> 24)
  }

  /// 0..<bound, from 24 bits.
  mutating func below(_ bound: Int) -> Int {
    (Int(byte()) << 16 | Int(byte()) << 8 | Int(byte())) % bound
  }

  static func bytes(_ count: Int, seed: UInt32) -> [UInt8] {
    var generator = Generator(seed: seed)
    return (0..<count).map { _ in generator.byte() }
  }

  static func noise(_ width: Int, _ height: Int, seed: UInt32) -> RGBImage {
    RGBImage(width: width, height: height, pixels: bytes(3 * width * height, seed: seed))
  }
}

/// FNV-1a of 64 bits, in hexadecimal.
func fnv(_ bytes: [UInt8]) -> String {
  var value: UInt64 = 0xCBF2_9CE4_8422_2325
  for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}

/// The issue that decoding ends with; nil where it gives a picture.
func issue(decoding file: [UInt8], name: String = "", maxPixels: Int = 1 << 20) -> SampleIssue? {
  do throws(SampleIssue) {
    _ = try decodeImage(file, name: name, maxPixels: maxPixels, target: 128)
    return nil
  } catch {
    return error
  }
}
