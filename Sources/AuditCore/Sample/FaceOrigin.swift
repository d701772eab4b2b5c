/// Where a face picture comes from, as the program that cut it out wrote into the file itself.
package struct FaceOrigin: Sendable, Equatable, Codable {
  /// Raw values are `sample.header`.
  package enum Tool: String, Sendable, Codable, CaseIterable {
    case faceSwap = "faceswap"
    case deepFaceLab = "deepfacelab"
  }

  package let tool: Tool
  /// File name of the frame or picture that it was cut from.
  package var sourceFile: String?
  /// Number of the face in that frame, from 0.
  package var faceIndex: Int?
  /// Of the landmarks in the source frame.
  package var pose: FacePose?
  /// Side in pixels of a square as large as the face's box in the source frame.
  package var size: Double?

  package init(tool: Tool) { self.tool = tool }

  /// The film or picture: `clip_000123.png` is a frame of `clip`, any other name is a picture of its own.
  package var source: String? {
    guard let sourceFile else { return nil }
    let stem = FilePath.stem(of: Array(sourceFile.utf8))
    guard let bar = stem.lastIndex(of: UInt8(ascii: "_")), bar > 0 else { return sourceFile }
    let frame = stem[(bar + 1)...]
    guard frame.count >= 3, frame.allSatisfy({ (0x30...0x39).contains($0) }) else { return sourceFile }
    return String(decoding: stem[..<bar], as: UTF8.self)
  }
}

/// How a head is turned, in degrees.
package struct FacePose: Sendable, Equatable, Codable {
  /// Positive: the nose points to the left of the picture. -90...90.
  package let yaw: Double
  /// Positive: it looks up. -180...180.
  package let pitch: Double
  /// Positive: turned clockwise in the picture. -180...180.
  package let roll: Double

  package init(yaw: Double, pitch: Double, roll: Double) {
    self.yaw = yaw
    self.pitch = pitch
    self.roll = roll
  }
}
