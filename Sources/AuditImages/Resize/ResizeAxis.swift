import CKernels

/// Which input positions make each output position along one axis, and how much each counts.
struct ResizeAxis: Sendable {
  enum Filter: Sendable {
    /// Mean of the positions whose middle lies in the output position's window.
    case box
    /// Keys's cubic with a = -1/2.
    case bicubic
  }

  let filter: Filter
  let windows: [audit_resize_window]
  /// `stride` weights for each output position, of which `windows[i].count` count.
  let weights: [Double]
  let stride: Int

  /// Windows and weights exactly as Pillow works them out, in double precision.
  ///
  /// - Source: Pillow, src/libImaging/Resample.c, `precompute_coeffs`; R. G. Keys, IEEE Trans. ASSP 29 (1981), eq. 4.
  init(from input: Int, to output: Int, filter: Filter) {
    let scale = Double(input) / Double(output)
    let filterScale = max(scale, 1)
    let support = (filter == .box ? 0.5 : 2) * filterScale
    let stride = Int(support.rounded(.up)) * 2 + 1
    var windows: [audit_resize_window] = []
    var weights = [Double](repeating: 0, count: output * stride)
    windows.reserveCapacity(output)
    for position in 0..<output {
      let center = (Double(position) + 0.5) * scale
      let window = max(Int(center - support + 0.5), 0)..<min(Int(center + support + 0.5), input)
      let values = window.map { filter.weight(at: (Double($0) - center + 0.5) * (1 / filterScale)) }
      let sum = values.reduce(0, +)
      // Positions without weight at either end are left out, so that a number that is none stays where it is.
      let used = values.drop { $0 == 0 }.dropLast(while: { $0 == 0 })
      for (step, value) in used.enumerated() { weights[position * stride + step] = value / sum }
      windows.append(audit_resize_window(first: Int32(window.lowerBound + used.startIndex), count: Int32(used.count)))
    }
    self.filter = filter
    self.windows = windows
    self.weights = weights
    self.stride = stride
  }

  /// The weights with 22 bits behind the point, halves away from zero.
  var fixedPoint: [Int32] {
    weights.map { weight in
      Int32((weight < 0 ? -0.5 : 0.5) + weight * Double(1 << AUDIT_RESIZE_BITS))
    }
  }
}

extension ResizeAxis.Filter {
  fileprivate func weight(at signed: Double) -> Double {
    switch self {
    case .box: return signed > -0.5 && signed <= 0.5 ? 1 : 0
    case .bicubic:
      let a = -0.5
      let x = abs(signed)
      if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
      if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
      return 0
    }
  }
}

extension ArraySlice {
  fileprivate func dropLast(while matches: (Element) -> Bool) -> ArraySlice {
    let kept = lastIndex { !matches($0) }.map { $0 + 1 } ?? startIndex
    return self[startIndex..<kept]
  }
}
