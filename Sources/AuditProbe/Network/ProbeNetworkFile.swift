package import AuditCore

extension ProbeNetwork {
  private static let signature = Array("AUDITPR1".utf8)

  /// The network as bytes: signature, seven 32-bit numbers (side, hidden, code, decoders, activation, 0, 0), then the
  /// scale, the mean image, and each layer's weights and biases as 32-bit floats; everything little-endian.
  package func encoded() -> [UInt8] {
    let kind = ProbeActivation.allCases.firstIndex(of: activation) ?? 0
    let numbers = [side, hidden, code, decoderCount, kind, 0, 0].map { UInt32($0) }
    let layers = encoder + decoders.flatMap { $0 }
    let floats = [scale] + mean + layers.flatMap { $0.weights.values + $0.bias.values }
    var bytes = ProbeNetwork.signature
    bytes.reserveCapacity(bytes.count + 4 * (numbers.count + floats.count))
    for word in numbers + floats.map(\.bitPattern) {
      for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    return bytes
  }

  /// Reads what `encoded` wrote.
  ///
  /// - Throws: `AuditError` where the bytes are something else, cut short, of an absurd size, or hold a value that is not a
  ///   number.
  package static func decoded(_ bytes: [UInt8]) throws(AuditError) -> ProbeNetwork {
    let broken = AuditError.damaged("this is no trained probe of audit, or it", remedy: "train it again")
    let head = signature.count
    guard bytes.starts(with: signature), bytes.count >= head + 28, (bytes.count - head) % 4 == 0 else { throw broken }
    func word(_ place: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(bytes[head + 4 * place + $1]) << UInt32(8 * $1) }
    }
    let numbers = (0..<5).map { Int(word($0)) }
    let (side, hidden, code, decoders) = (numbers[0], numbers[1], numbers[2], numbers[3])
    guard (1...256).contains(side), (1...8192).contains(hidden), (1...8192).contains(code), (1...32).contains(decoders),
      numbers[4] < ProbeActivation.allCases.count
    else { throw broken }
    let width = 3 * side * side
    let encoderSize = (width + 1) * hidden + (hidden + 1) * code
    let decoderSize = (code + 1) * hidden + (hidden + 1) * width
    let count = 1 + width + encoderSize + decoders * decoderSize
    guard bytes.count == head + 28 + 4 * count else { throw broken }
    let floats = (0..<count).map { Float(bitPattern: word(7 + $0)) }
    guard floats.allSatisfy(\.isFinite), floats[0] > 0 else { throw broken }
    let network = ProbeNetwork(
      side: side, hidden: hidden, code: code, decoders: decoders, activation: ProbeActivation.allCases[numbers[4]],
      mean: Array(floats[1...width]), scale: floats[0])
    var start = 1 + width
    for layer in network.encoder + network.decoders.flatMap({ $0 }) {
      for buffer in [layer.weights, layer.bias] {
        buffer.fill(Array(floats[start..<(start + buffer.count)]))
        start += buffer.count
      }
    }
    return network
  }

  /// What the network makes of each picture: limited to 0...1 and rounded to 8 bits, in the layout of the rows.
  ///
  /// - Parameter decoderOf: the decoder of each row (`Probe.decoderOf`); nil takes the first for all.
  package func reconstructions(of rows: ProbeRows, decoderOf: [Int]? = nil, threads: Int) -> [UInt8] {
    precondition(rows.side == side, "the probe was trained at \(side)x\(side)")
    let pass = ProbePass(network: self, rows: rows, batch: min(128, max(1, rows.count)), threads: max(1, threads))
    var bytes = [UInt8](repeating: 0, count: rows.count * width)
    let decoders = decoderOf ?? [Int](repeating: 0, count: rows.count)
    pass.eachBatch(Array(0..<rows.count), decoderOf: decoders) { batch, decoder in
      pass.forward(batch, decoder: decoder, keepRows: false)
      for (column, index) in batch.enumerated() {
        let values = pass.reconstructions.base + column * width
        for place in 0..<width {
          // Written so that a value which is not a number becomes 0 instead of a trap.
          let inside = values[place] > 0 ? min(values[place], 1) : 0
          bytes[index * width + place] = UInt8((255 * inside).rounded())
        }
      }
    }
    return bytes
  }
}
