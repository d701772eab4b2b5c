/// When two pictures count as copies of each other.
package struct CopyRule: Sendable {
  /// Most bits in which the hashes of candidates differ.
  ///
  /// Copies at JPEG quality 40, half size or 10 % brighter differ in at most 30 of 256 bits in 95 of 100 cases, and
  /// different people in an aligned set of 1,200 in at least 43.
  package var radius = 36
  /// Largest difference left after alignment, for pictures that did not move.
  package var difference = 0.15
  /// What is added to it for each 32nd of the side that the border moved: sampling differs then.
  package var differencePerShift = 0.12
  /// Largest motion of the border, 32nds of the side: a crop of 3 % on every side moves it by 1.
  package var mostShift = 2.0
  /// Flattest picture that can be told from others, code values; flatter ones are copies only of equal pixels.
  package var leastContrast = 4.0

  package init() {}

  /// Largest difference that any motion allows.
  var mostDifference: Double { difference + differencePerShift * mostShift }

  package func accepts(_ difference: PictureDifference) -> Bool {
    difference.contrast >= leastContrast && difference.shift <= mostShift
      && difference.aligned <= self.difference + differencePerShift * difference.shift
  }
}
