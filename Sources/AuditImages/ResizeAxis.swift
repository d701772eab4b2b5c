import CKernels

/// Which input positions make each output position along one axis, and how much each counts.
struct ResizeAxis: Sendable {
  enum Filter: Sendable {
    /// Mean of the positions whose middle lies in the output position's window.
    case box
    /// Keys's cubic with a = -1/2.
    case bicubic
  }

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
      let first = max(Int(center - support + 0.5), 0)
      let count = min(Int(center + support + 0.5), input) - first
      var sum = 0.0
      for step in 0..<count {
        let weight = filter.weight(at: (Double(step + first) - center + 0.5) * (1 / filterScale))
        weights[position * stride + step] = weight
        sum += weight
      }
      if sum != 0 {
        for step in 0..<count { weights[position * stride + step] /= sum }
      }
      windows.append(audit_resize_window(first: Int32(first), count: Int32(count)))
    }
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
