package import AuditCore

/// Defects that take pixels from elsewhere in the picture.
extension RGBImage {
  /// Bilinear; beyond the edge the edge goes on. Pixel centres lie at whole numbers.
  package func sampled(_ x: Float, _ y: Float) -> SIMD3<Float> {
    let column = clamp(x, 0, Float(width - 1))
    let row = clamp(y, 0, Float(height - 1))
    let left = Int(column)
    let top = Int(row)
    let right = min(left + 1, width - 1)
    let bottom = min(top + 1, height - 1)
    let upper = mix(colour(left, top), colour(right, top), column - Float(left))
    let lower = mix(colour(left, bottom), colour(right, bottom), column - Float(left))
    return mix(upper, lower, row - Float(top))
  }

  /// The colour of a pixel in code values.
  func colour(_ column: Int, _ row: Int) -> SIMD3<Float> {
    let start = 3 * (row * width + column)
    return SIMD3(Float(pixels[start]), Float(pixels[start + 1]), Float(pixels[start + 2]))
  }

  /// A picture of the same size, each pixel (column, row) by a function, in code values.
  package func redrawn(_ colour: (Int, Int) -> SIMD3<Float>) -> RGBImage {
    var result = self
    for row in 0..<height {
      for column in 0..<width {
        let value = colour(column, row)
        let start = 3 * (row * width + column)
        for channel in 0..<3 { result.pixels[start + channel] = Self.code(value[channel]) }
      }
    }
    return result
  }

  /// By a twentieth of a turn, a quarter, a half; a quarter also swaps the sides' scales, so that the picture is full.
  func rotated(_ severity: Severity, _ generator: inout SplitMix64) -> RGBImage {
    let clockwise: Float = generator.chance(0.5) ? 1 : -1
    let middle = SIMD2(Float(width - 1), Float(height - 1)) / 2
    let half = SIMD2(max(middle.x, 0.5), max(middle.y, 0.5))
    switch severity {
    case .mild:
      let turn = SIMD2(cosine(turns: 0.05), sine(turns: 0.05) * clockwise)
      return redrawn { column, row in
        let offset = SIMD2(Float(column), Float(row)) - middle
        return sampled(
          middle.x + offset.x * turn.x + offset.y * turn.y, middle.y + offset.y * turn.x - offset.x * turn.y)
      }
    case .medium:
      return redrawn { column, row in
        let place = (SIMD2(Float(column), Float(row)) - middle) / half
        return sampled(middle.x + place.y * half.x * clockwise, middle.y - place.x * half.y * clockwise)
      }
    case .strong: return redrawn { column, row in self.colour(width - 1 - column, height - 1 - row) }
    }
  }

  /// Shifted in both directions and enlarged, as by a wrong detection.
  func misaligned(_ severity: Severity, _ generator: inout SplitMix64) -> RGBImage {
    let shift = severity.choose(Float(0.06), 0.14, 0.28)
    let scale = severity.choose(Float(1.05), 1.14, 1.35)
    let right = generator.chance(0.5) ? shift : -shift
    let down = (generator.chance(0.5) ? shift : -shift) * generator.uniform(0.4...1)
    let middle = SIMD2(Float(width - 1), Float(height - 1)) / 2
    return redrawn { column, row in
      sampled(
        middle.x + (Float(column) - middle.x) / scale - right * Float(width),
        middle.y + (Float(row) - middle.y) / scale - down * Float(height))
    }
  }

  /// Three box means in each direction, nearly a Gaussian.
  ///
  /// - Parameter radius: of the box, as a share of the shorter side; at least a pixel.
  func blurred(_ radius: Float) -> RGBImage {
    let reach = max(1, Int((radius * Float(min(width, height))).rounded()))
    var values = pixels.map(Float.init)
    for _ in 0..<3 {
      Self.smooth(&values, lines: height, length: width, lineStep: 3 * width, step: 3, reach: reach)
      Self.smooth(&values, lines: width, length: height, lineStep: 3, step: 3 * width, reach: reach)
    }
    return RGBImage(width: width, height: height, pixels: values.map(Self.code))
  }

  /// Box mean along lines of interleaved RGB; code values stay exact enough in Float for any line.
  private static func smooth(
    _ values: inout [Float], lines: Int, length: Int, lineStep: Int, step: Int, reach: Int
  ) {
    let share = 1 / Float(2 * reach + 1)
    for line in 0..<lines {
      for channel in 0..<3 {
        let start = line * lineStep + channel
        let source = (0..<length).map { values[start + $0 * step] }
        var sum = Float(0)
        for place in -reach...reach { sum += source[min(max(place, 0), length - 1)] }
        for place in 0..<length {
          values[start + place * step] = sum * share
          sum += source[min(place + reach + 1, length - 1)] - source[max(place - reach, 0)]
        }
      }
    }
  }

  /// Mean along a straight line, nine places of it.
  ///
  /// - Parameter length: of the line, as a share of the shorter side.
  func moved(_ length: Float, _ generator: inout SplitMix64) -> RGBImage {
    let turn = generator.unit()
    let reach = max(1, length * Float(min(width, height))) / 2
    let step = SIMD2(cosine(turns: turn), sine(turns: turn)) * (reach / 4)
    return redrawn { column, row in
      (-4...4).reduce(SIMD3<Float>(0, 0, 0)) { sum, place in
        sum + sampled(Float(column) + Float(place) * step.x, Float(row) + Float(place) * step.y)
      } / 9
    }
  }

  /// - Parameter pixels: along the shorter side of the small picture; at most half of what there are.
  func enlarged(_ pixels: Int) -> RGBImage {
    let cell = max(2, Float(min(width, height)) / Float(pixels))
    let across = max(1, Int(Float(width) / cell))
    let down = max(1, Int(Float(height) / cell))
    var small = RGBImage(width: across, height: down)
    for row in 0..<down {
      for column in 0..<across {
        let value = mean(
          column * width / across..<(column + 1) * width / across, row * height / down..<(row + 1) * height / down)
        for channel in 0..<3 { small.pixels[3 * (row * across + column) + channel] = Self.code(value[channel]) }
      }
    }
    return redrawn { column, row in
      small.sampled(
        (Float(column) + 0.5) * Float(across) / Float(width) - 0.5,
        (Float(row) + 0.5) * Float(down) / Float(height) - 0.5)
    }
  }

  /// - Parameter cells: along the shorter side; a cell is at least two pixels.
  func pixelated(_ cells: Int) -> RGBImage {
    let cell = max(2, min(width, height) / cells)
    var result = self
    for top in stride(from: 0, to: height, by: cell) {
      for left in stride(from: 0, to: width, by: cell) {
        result.fill(left..<min(left + cell, width), top..<min(top + cell, height)) { columns, rows in
          self.mean(columns, rows)
        }
      }
    }
    return result
  }

  private func mean(_ columns: Range<Int>, _ rows: Range<Int>) -> SIMD3<Float> {
    var sum = SIMD3<Float>(0, 0, 0)
    for row in rows { for column in columns { sum += colour(column, row) } }
    return sum / Float(columns.count * rows.count)
  }

  private mutating func fill(
    _ columns: Range<Int>, _ rows: Range<Int>, _ choose: (Range<Int>, Range<Int>) -> SIMD3<Float>
  ) {
    let value = choose(columns, rows)
    for row in rows {
      for column in columns {
        for channel in 0..<3 { pixels[3 * (row * width + column) + channel] = Self.code(value[channel]) }
      }
    }
  }

  /// - Parameter share: of the rows that are torn, in bands; some change colour on the way.
  func torn(_ share: Float, _ generator: inout SplitMix64) -> RGBImage {
    var shifts = [(columns: Int, cast: SIMD3<Float>)](repeating: (0, SIMD3(1, 1, 1)), count: height)
    let band = max(1, height / 32)
    var left = max(1, Int(share * Float(height)))
    while left > 0 {
      let top = generator.integer(below: height)
      let columns = 1 + generator.integer(below: max(1, width / 2))
      let cast = SIMD3(generator.uniform(0.2...1.6), generator.uniform(0.2...1.6), generator.uniform(0.2...1.6))
      let tinted = generator.chance(0.55)
      for row in top..<min(top + band, height) { shifts[row] = (columns, tinted ? cast : SIMD3(1, 1, 1)) }
      left -= band
    }
    return redrawn { column, row in
      colour((column + shifts[row].columns) % width, row) * shifts[row].cast
    }
  }
}
