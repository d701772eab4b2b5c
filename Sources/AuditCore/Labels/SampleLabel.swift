/// What a list says of a picture beside what its place in the dataset says.
package struct SampleLabel: Hashable, Sendable {
  package var identity: ByteKey?
  package var split: SplitName?

  package init(identity: ByteKey? = nil, split: SplitName? = nil) {
    (self.identity, self.split) = (identity, split)
  }
}

/// Labels by numbers that count from 0, each label once.
package struct NumberedLabels: Sendable {
  package private(set) var labels: [SampleLabel] = []
  private var known: [SampleLabel: UInt32] = [:]

  package init() {}

  package subscript(number: UInt32) -> SampleLabel { labels[Int(number)] }

  package mutating func number(of label: SampleLabel) -> UInt32 {
    if let number = known[label] { return number }
    let number = UInt32(labels.count)
    labels.append(label)
    known[label] = number
    return number
  }
}

/// The labels of many samples: four bytes a sample, each label once.
struct SampleLabels: Sendable {
  private var numbers: [UInt32] = []
  private var known = NumberedLabels()

  subscript(place: Int) -> SampleLabel { known[numbers[place]] }

  var memory: Int { 4 * numbers.capacity + known.labels.capacity * MemoryLayout<SampleLabel>.stride }

  init() {}

  /// - Parameter count: how many samples have yet no label.
  init(unlabelled count: Int) {
    if count > 0 { numbers = Array(repeating: known.number(of: SampleLabel()), count: count) }
  }

  mutating func append(_ label: SampleLabel) { numbers.append(known.number(of: label)) }
  mutating func set(_ label: SampleLabel, at place: Int) { numbers[place] = known.number(of: label) }
  mutating func truncate(to count: Int) { numbers.removeLast(max(0, numbers.count - count)) }
}
