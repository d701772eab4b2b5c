/// Something that holds one loaded network and runs it: in this process, or in a child that may die in its place.
///
/// One at a time: a runner must not be used by two threads at once.
package protocol TensorRunner: AnyObject {
  /// What the file says about itself; loads it where that has not happened yet.
  func description() throws(InferenceFailure) -> GraphDescription

  /// Runs the network once.
  ///
  /// - Parameters:
  ///   - inputs: one tensor per input of the graph, in its order.
  ///   - outputs: indices of the outputs that are wanted.
  ///   - seconds: how long it may take before it counts as hanging.
  /// - Returns: one tensor per wanted output.
  func run(_ inputs: [Tensor], outputs: [Int], within seconds: Double) throws(InferenceFailure) -> [Tensor]
}

/// Why a network gave nothing.
package enum InferenceFailure: Error, Equatable {
  /// The file or the library cannot be used at all; a sentence for a person.
  case unusable(String)
  /// The library would not run the network on these tensors; its words.
  case refused(String)
  /// The process that ran it ended; the signal or the exit status.
  case died(String)
  /// It took longer than so many seconds, and was ended.
  case timedOut(Double)
}

extension InferenceFailure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unusable(let text): text
    case .refused(let text): "the network could not be run: \(text)"
    case .died(let how): "the network ended its process (\(how))"
    case .timedOut(let seconds): "the network took longer than \(trimmed(seconds)) s"
    }
  }
}

/// 2.0 as `2`, 2.5 as `2.5`.
func trimmed(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
}
