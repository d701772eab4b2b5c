/// What a list says of a picture beside what its place in the dataset says.
package struct SampleLabel: Hashable, Sendable {
  package var identity: ByteKey?
  package var split: SplitName?

  package init(identity: ByteKey? = nil, split: SplitName? = nil) {
    (self.identity, self.split) = (identity, split)
  }
}

/// The labels of many samples: four bytes a sample, each label once.
struct SampleLabels: Sendable {
  private var numbers: [UInt32] = []
  private var labels: [SampleLabel] = []
  private var known: [SampleLabel: UInt32] = [:]

  subscript(place: Int) -> SampleLabel { labels[Int(numbers[place])] }

  var memory: Int { 4 * numbers.capacity + labels.capacity * MemoryLayout<SampleLabel>.stride }

  init() {}

  /// - Parameter count: how many samples have yet no label.
  init(unlabelled count: Int) {
    if count > 0 { numbers = Array(repeating: number(of: SampleLabel()), count: count) }
  }

  mutating func append(_ label: SampleLabel) { numbers.append(number(of: label)) }
  mutating func set(_ label: SampleLabel, at place: Int) { numbers[place] = number(of: label) }
  mutating func truncate(to count: Int) { numbers.removeLast(max(0, numbers.count - count)) }

  private mutating func number(of label: SampleLabel) -> UInt32 {
    if let number = known[label] { return number }
    let number = UInt32(labels.count)
    labels.append(label)
    known[label] = number
    return number
  }
}
