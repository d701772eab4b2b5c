import AuditCore
import CKernels

extension ProbePass {
  /// Calls `body` with batches of `indices` that have the same decoder, in order of decoder, then of index.
  func eachBatch(_ indices: [Int], decoderOf: [Int], _ body: (ArraySlice<Int>, Int) -> Void) {
    for decoder in 0..<network.decoderCount {
      let own = indices.filter { decoderOf[$0] == decoder }
      for start in stride(from: 0, to: own.count, by: columns) {
        body(own[start..<min(start + columns, own.count)], decoder)
      }
    }
  }

  /// Mean over the pictures at `indices`, under the objective, squared and absolute error.
  func meanLosses(
    _ indices: [Int], decoderOf: [Int], _ objective: ProbeObjective
  ) -> (chosen: Double, squared: Double, absolute: Double) {
    let squared = ProbeObjective(.mse, side: network.side)
    let absolute = ProbeObjective(.mae, side: network.side)
    var sums = (chosen: 0.0, squared: 0.0, absolute: 0.0)
    eachBatch(indices, decoderOf: decoderOf) { batch, decoder in
      forward(batch, decoder: decoder, keepRows: false)
      sums.chosen += losses(batch, objective).reduce(0, +)
      sums.squared += losses(batch, squared).reduce(0, +)
      sums.absolute += losses(batch, absolute).reduce(0, +)
    }
    let count = Double(indices.count)
    return (sums.chosen / count, sums.squared / count, sums.absolute / count)
  }

  /// Mean over the batch of the squared length of a layer's input, with the 1 that the bias sees.
  func meanSquare(ofInput place: Int, count: Int) -> Double {
    let values = count * network.layers(decoder: 0)[place].inputs
    return 1 + audit_probe_square_sum(inputRows[place].base, values, KernelChoice.isScalar) / Double(count)
  }

  /// Length of the derivative of each picture's loss by all weights and biases it touches.
  ///
  /// For a dense layer the derivative is (activation, 1) times delta, so its squared length is
  /// (|activation|² + 1) |delta|²: exact, without making it. Call after `forward` with `keepRows`.
  func gradientNorms(_ batch: ArraySlice<Int>, decoder: Int, _ objective: ProbeObjective) -> [Double] {
    _ = backward(batch, decoder: decoder, objective, scales: [Float](repeating: 1, count: batch.count))
    var squares = [Double](repeating: 0, count: batch.count)
    for (place, layer) in network.layers(decoder: decoder).enumerated() {
      var delta = [Double](repeating: 0, count: batch.count)
      for output in 0..<layer.outputs {
        let row = deltas[place].base + output * columns
        for column in 0..<batch.count { delta[column] += Double(row[column]) * Double(row[column]) }
      }
      for column in 0..<batch.count {
        let activation = audit_probe_square_sum(
          inputRows[place].base + column * layer.inputs, layer.inputs, KernelChoice.isScalar)
        squares[column] += (activation + 1) * delta[column]
      }
    }
    return squares.map { $0.squareRoot() }
  }
}
