import Foundation
import Testing

/// `audit metric REF IMG`: one pair, for checking against another tool.
struct PairTests {
  /// A gray ramp as PPM; `shift` code values brighter.
  private static func ramp(width: Int, height: Int, shift: Int) -> [UInt8] {
    Array("P6 \(width) \(height) 255\n".utf8)
      + (0..<width * height).flatMap { index in [UInt8](repeating: UInt8(index % 200 + shift), count: 3) }
  }

  @Test func aPairHasTheValuesThatFollowFromItsDifference() throws {
    let scratch = try Scratch()
    try scratch.write(Self.ramp(width: 20, height: 20, shift: 0), to: "reference.ppm")
    try scratch.write(Self.ramp(width: 20, height: 20, shift: 51), to: "image.ppm")
    let run = try Command.audit(
      ["metric", "reference.ppm", "image.ppm", "--metrics", "mse,mae,mbe,l_inf,psnr", "--json"], in: scratch.path)
    #expect(run.status == 0)
    let values = try #require(try JSONSerialization.jsonObject(with: Data(run.out.utf8)) as? [String: Double])
    // 51 code values are a fifth of full scale.
    for (name, expected) in ["mse": 0.04, "mae": 0.2, "mbe": 0.2, "l_inf": 0.2, "psnr": 13.979400086720377] {
      #expect(abs(try #require(values[name]) - expected) < 1e-12, "\(name)")
    }
  }

  @Test func picturesOfTwoSizesAreRefusedWithBothSizes() throws {
    let scratch = try Scratch()
    try scratch.write(Self.ramp(width: 20, height: 20, shift: 0), to: "reference.ppm")
    try scratch.write(Self.ramp(width: 20, height: 16, shift: 0), to: "image.ppm")
    let run = try Command.audit(["metric", "reference.ppm", "image.ppm"], in: scratch.path)
    #expect(run.status == 2)
    #expect(run.out == "")
    #expect(
      run.err == "audit: 'image.ppm' is 20x16, its reference 'reference.ppm' 20x20; give two pictures of one size\n")
  }

  @Test func aMissingPictureIsNamed() throws {
    let run = try Command.audit(["metric", "nothing.png", "nothing.png"])
    #expect(run.status == 2)
    #expect(run.err == "audit: no such file: 'nothing.png'\n")
  }
}
