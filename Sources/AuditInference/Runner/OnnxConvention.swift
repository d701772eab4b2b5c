/// How pictures go into an image-to-image network and come out again: everything that was inferred or said.
package struct OnnxConvention: Sendable, Equatable, Codable {
  package var input: String
  package var output: String
  /// Index of the output in the graph.
  package var outputIndex: Int
  package var layout: TensorLayout
  package var outputLayout: TensorLayout
  package var range: ValueRange
  package var outputRange: ValueRange
  package var channels: ChannelOrder
  package var size: PictureSize
  /// Pictures per run where the graph fixes it; nil where any number goes.
  package var batch: Int?

  /// For `run.settings` and the screen.
  package var text: String {
    let values = range == outputRange ? range.rawValue : "\(range.rawValue) in, \(outputRange.rawValue) out"
    return "\(input) -> \(output), \(layout.rawValue), \(channels.rawValue), values \(values), \(size)"
  }
}
