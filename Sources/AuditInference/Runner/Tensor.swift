/// Numbers with a shape, in row-major order.
package struct Tensor: Sendable, Equatable {
  package let shape: [Int]
  /// As many as the product of `shape`.
  package var values: [Float]

  package init(shape: [Int], values: [Float]) {
    precondition(values.count == shape.reduce(1, *), "\(values.count) values do not fill \(shape)")
    self.shape = shape
    self.values = values
  }
}
