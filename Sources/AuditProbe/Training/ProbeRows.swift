/// The pictures of a training: `count` rows of `side` x `side` 8-bit RGB, R G B row by row.
package struct ProbeRows: Sendable {
  package let side: Int
  package let count: Int
  let pixels: [UInt8]

  /// - Parameter pixels: 3 * side * side bytes per picture, one after the other.
  package init(pixels: [UInt8], side: Int) {
    precondition(side > 0 && pixels.count % (3 * side * side) == 0, "rows of \(side)x\(side) do not fill the bytes")
    self.pixels = pixels
    self.side = side
    count = pixels.count / (3 * side * side)
  }

  /// The same pictures at half their side: means of 2 x 2 values, rounded.
  ///
  /// - Parameters:
  ///   - pixels: 3 * side * side bytes per picture, one after the other.
  ///   - side: even.
  package init(halving pixels: [UInt8], side: Int) {
    precondition(side > 0 && side % 2 == 0, "a side of \(side) has no half")
    let half = side / 2
    var halved = [UInt8](repeating: 0, count: pixels.count / 4)
    // A line of all pictures at a time: pictures stand one below the other.
    for line in 0..<(pixels.count / (6 * side)) {
      for place in 0..<(3 * half) {
        // Of channel place % 3, the picture's columns 2 (place / 3) and the one after it.
        let first = 6 * side * line + 6 * (place / 3) + place % 3
        let sum =
          Int(pixels[first]) + Int(pixels[first + 3]) + Int(pixels[first + 3 * side])
          + Int(pixels[first + 3 * side + 3])
        halved[3 * half * line + place] = UInt8((sum + 2) / 4)
      }
    }
    self.init(pixels: halved, side: half)
  }

  /// Values per picture.
  package var width: Int { 3 * side * side }

  /// Mean image and one scale for all values: 1 / standard deviation around it, both over `indices` by weight.
  ///
  /// - Returns: the mean in full scale; scale 1 where all pictures are the same.
  func centring(over indices: [Int], weights: [Float]) -> (mean: [Float], scale: Float) {
    var sums = [Double](repeating: 0, count: width)
    var total = 0.0
    for index in indices {
      let weight = Double(weights[index])
      total += weight
      for place in 0..<width { sums[place] += weight * Double(pixels[index * width + place]) }
    }
    let mean = sums.map { $0 / (total * 255) }
    var squares = 0.0
    for index in indices {
      var own = 0.0
      for place in 0..<width {
        let off = Double(pixels[index * width + place]) / 255 - mean[place]
        own += off * off
      }
      squares += Double(weights[index]) * own
    }
    let deviation = (squares / (total * Double(width))).squareRoot()
    return (mean.map(Float.init), deviation > 1e-6 ? Float(1 / deviation) : 1)
  }
}
