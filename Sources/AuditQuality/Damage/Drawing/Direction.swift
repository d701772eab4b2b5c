import CKernels

/// An angle as its cosine and sine, the same on every machine.
struct Direction {
  let cosine: Double
  let sine: Double

  /// - Parameter sixteenBits: the angle in 65536ths of a turn; any whole number.
  init(sixteenBits: Int) {
    var (cosine, sine) = (0.0, 0.0)
    audit_root_of_unity(UInt(sixteenBits & 0xFFFF), 1 << 16, &cosine, &sine)
    (self.cosine, self.sine) = (cosine, sine)
  }

  /// - Parameter degrees: to the nearest 65536th of a turn.
  init(degrees: Double) { self.init(sixteenBits: Int((degrees / 360 * 65536).rounded())) }
}
