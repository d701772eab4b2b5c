package import AuditCore

/// What a user says about an image-to-image network where its file does not say it.
package struct OnnxOptions: Sendable, Equatable, Codable {
  /// Name of the input that takes the picture.
  package var input: String?
  /// Name of the output that holds the reconstruction.
  package var output: String?
  package var layout: TensorLayout?
  /// Values that the network takes.
  package var range: ValueRange?
  /// Values that it gives; as it takes them where nothing is said.
  package var outputRange: ValueRange?
  /// Size to run at; only for a network that takes any size.
  package var size: PictureSize?
  package var channels: ChannelOrder?

  package init() {}

  /// From the words of the command line.
  ///
  /// - Throws: a sentence with the accepted words, and the one that may have been meant.
  package init(
    input: String? = nil, output: String? = nil, layout: String? = nil, range: String? = nil,
    outputRange: String? = nil, size: String? = nil, channels: String? = nil
  ) throws(AuditError) {
    self.input = input
    self.output = output
    self.layout = try layout.map { text throws(AuditError) in try parse(text, option: "--onnx-layout") }
    self.range = try range.map { text throws(AuditError) in try parse(text, option: "--onnx-range") }
    self.outputRange = try outputRange.map { text throws(AuditError) in try parse(text, option: "--onnx-output-range") }
    self.channels = try channels.map { text throws(AuditError) in try parse(text, option: "--onnx-channels") }
    if let size {
      guard let parsed = PictureSize(text: size) else {
        throw .usage(
          "--onnx-size takes a side such as 128, or WIDTHxHEIGHT such as 178x218, to 4096; got '\(size)'")
      }
      self.size = parsed
    }
  }
}

/// Order of the dimensions of a batch of pictures.
package enum TensorLayout: String, Sendable, Codable, CaseIterable {
  case nchw
  case nhwc
}

/// The values that stand for black and white.
package enum ValueRange: String, Sendable, Codable, CaseIterable {
  case unit = "0..1"
  case symmetric = "-1..1"
  case codes = "0..255"

  /// The value of code 0.
  var low: Float { self == .symmetric ? -1 : 0 }
  /// What one code value adds.
  var step: Float {
    switch self {
    case .unit: 1 / 255
    case .symmetric: 2 / 255
    case .codes: 1
    }
  }
}

/// Which colours the channels hold, in order.
package enum ChannelOrder: String, Sendable, Codable, CaseIterable {
  case rgb
  case bgr
  /// One channel, luma of BT.601; a reconstruction is repeated into three.
  case gray
}

/// Width and height in pixels.
package struct PictureSize: Sendable, Equatable, Codable, CustomStringConvertible {
  package let width: Int
  package let height: Int

  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  package init(side: Int) { self.init(width: side, height: side) }

  /// `128` or `178x218`; nil where it is neither, or a side is not 1 to `longestSide`.
  package init?(text: String) {
    let sides = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count <= 2, let first = sides.first, let width = first, let last = sides.last, let height = last,
      PictureSize(width: width, height: height).isPossible
    else { return nil }
    self.init(width: width, height: height)
  }

  /// In pixels.
  static let longestSide = 4096

  /// Whether both sides are 1 to `longestSide`: a network file may claim any.
  var isPossible: Bool { [width, height].allSatisfy((1...PictureSize.longestSide).contains) }

  package var description: String { "\(width)x\(height)" }
  var pixels: Int { width * height }
}

/// A word that is one of an enum's, however it is written: `-1...1`, `[-1, 1]` and `NCHW` are known.
func word<Value: RawRepresentable & CaseIterable>(_ text: String) -> Value? where Value.RawValue == String {
  var plain = text.lowercased().replacing(" to ", with: "..").filter { !"[]() \"'".contains($0) }
  for separator in ["...", ",", ":"] { plain = plain.replacing(separator, with: "..") }
  plain = plain.replacing(".0", with: "").replacing("-1-1", with: "-1..1").replacing("+", with: "")
  if plain == "0-1" || plain == "0-255" { plain = plain.replacing("-", with: "..") }
  return Value(rawValue: plain)
}

private func parse<Value: RawRepresentable & CaseIterable>(
  _ text: String, option: String
) throws(AuditError) -> Value where Value.RawValue == String {
  if let value: Value = word(text) { return value }
  let known = Value.allCases.map(\.rawValue)
  let near = Spelling.nearest(to: text, in: known).first.map { "  (did you mean \($0)?)" } ?? ""
  throw .usage("\(option) takes \(known.joined(separator: ", ")); got '\(text)'\(near)")
}
