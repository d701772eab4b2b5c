import AuditCore
import CKernels

extension RGBImage {
  /// A copy that nobody would call damaged: perhaps mirrored, 7 % brighter or darker, 5 codes lifted, and half of the time
  /// enlarged by at most 3 % and moved by at most 2 % where that shows nothing from outside.
  func harmlesslyChanged(_ random: inout SplitMix64) -> RGBImage {
    let isMirrored = random.fraction() < 0.5
    let (gain, lift) = (random.between(0.93, 1.07), random.between(-5, 5))
    let part = random.between(0.97, 1)
    let shift = (random.between(-0.02, 0.02) * Double(width), random.between(-0.02, 0.02) * Double(height))
    let isMoved = random.fraction() < 0.5
    let changed = (isMirrored ? rearranged(mirrored: true, flipped: false) : self).mapped { $0 * gain + lift }
    let margin = (1 - part) / 2
    guard isMoved, abs(shift.0) < margin * Double(width), abs(shift.1) < margin * Double(height) else {
      return changed
    }
    return changed.placed(
      Placing(scale: 1 / part, shift: (-shift.0 / part, -shift.1 / part)), .cubic, border: AUDIT_DAMAGE_REPEATED)
  }
}
