package import AuditCore

/// A way to spoil a picture, for demonstrations and for measuring what the statistics find.
///
/// The raw values are stable names. Each works on any picture of any size and leaves the size as it is.
package enum Defect: String, Sendable, Codable, CaseIterable {
  case noise
  case saltAndPepper = "salt_and_pepper"
  case occlusion
  case inverted
  case colourCast = "colour_cast"
  case channelSwap = "channel_swap"
  case gray
  case overexposed
  case underexposed
  case letterbox
  case rotated
  case misaligned
  case blurred
  case pixelated
  case compressed
  case notAFace = "not_a_face"
  case blended
  case glitch
  case motion
  case enlarged
  case posterised
  case captioned
  case ghost

  /// Kinds that are for looking at single pictures; what they do to squared-error training was not measured.
  package static let detail: Set<Defect> = [.motion, .enlarged, .posterised, .captioned, .ghost]

  /// What was done, for a person.
  package var meaning: String {
    switch self {
    case .noise: "random noise on every pixel"
    case .saltAndPepper: "single pixels black or white"
    case .occlusion: "something in front of the face"
    case .inverted: "a negative"
    case .colourCast: "wrong white balance"
    case .channelSwap: "red and blue exchanged"
    case .gray: "colour lost"
    case .overexposed: "far too bright, lights cut off"
    case .underexposed: "far too dark"
    case .letterbox: "black bars on two sides"
    case .rotated: "turned, at worst upside down"
    case .misaligned: "shifted and enlarged by a wrong crop"
    case .blurred: "out of focus"
    case .pixelated: "coarse square cells"
    case .compressed: "compressed until blocks show"
    case .notAFace: "text or texture instead of a face"
    case .blended: "part of another picture"
    case .glitch: "rows torn sideways, as by a broken video decoder"
    case .motion: "moved while it was taken"
    case .enlarged: "enlarged from a small picture"
    case .posterised: "few tones"
    case .captioned: "letters over the face"
    case .ghost: "another picture shines through"
    }
  }

  /// The spoiled picture.
  ///
  /// - Parameters:
  ///   - image: any size from 1 x 1.
  ///   - other: what `.blended` and `.ghost` take their part from, of the same size; a drawn face where nil.
  ///   - generator: places, colours and noise.
  /// - Complexity: linear in pixels.
  package func apply(
    to image: RGBImage, severity: Severity, other: RGBImage? = nil, using generator: inout SplitMix64
  ) -> RGBImage {
    switch self {
    case .noise: image.withNoise(severity.choose(14, 34, 80), &generator)
    case .saltAndPepper: image.withSpecks(severity.choose(0.02, 0.08, 0.25), &generator)
    case .occlusion: image.occluded(severity.choose(0.05, 0.13, 0.32), &generator)
    case .inverted: image.inverted(severity.choose(0.7, 0.85, 1))
    case .colourCast: image.withCast(severity.choose(0.18, 0.4, 0.75), &generator)
    case .channelSwap: image.withSwappedChannels(severity)
    case .gray: image.gray(severity.choose(0.6, 0.8, 1))
    case .overexposed: image.mapped { $0 * severity.choose(1.35, 1.9, 3) + severity.choose(8, 20, 40) }
    case .underexposed: image.mapped { $0 * severity.choose(0.6, 0.33, 0.12) }
    case .letterbox: image.withBars(severity.choose(0.08, 0.16, 0.27), &generator)
    case .rotated: image.rotated(severity, &generator)
    case .misaligned: image.misaligned(severity, &generator)
    case .blurred: image.blurred(severity.choose(0.012, 0.028, 0.07))
    case .pixelated: image.pixelated(severity.choose(40, 20, 9))
    case .compressed: image.compressed(severity.choose(3, 8, 24))
    case .notAFace: image.replaced(severity.choose(0.55, 0.8, 1), &generator)
    case .blended: image.blended(with: other, severity, &generator)
    case .glitch: image.torn(severity.choose(0.12, 0.3, 0.65), &generator)
    case .motion: image.moved(severity.choose(0.03, 0.07, 0.14), &generator)
    case .enlarged: image.enlarged(severity.choose(44, 26, 13))
    case .posterised: image.posterised(severity.choose(8, 5, 3))
    case .captioned: image.captioned(severity.choose(0.45, 0.7, 1), &generator)
    case .ghost: image.ghosted(by: other, severity.choose(0.22, 0.35, 0.5), &generator)
    }
  }

  /// Whether squared-error training is expected to listen to such a picture more than it should.
  ///
  /// True where at least four of five spoiled frames of a few people were marked `drop` by the robust low-rank model
  /// (24 frames of two seeds for each kind and severity). What a low-rank model rebuilds easily (blur, darkness, coarse
  /// cells) does not pull, however bad the picture is. The kinds of `detail` were not measured and count as such.
  package func pullsSquaredError(_ severity: Severity) -> Bool {
    switch self {
    case .inverted, .letterbox, .notAFace, .blended: true
    case .saltAndPepper, .colourCast, .channelSwap, .overexposed, .rotated, .misaligned, .glitch: severity != .mild
    case .noise, .occlusion, .compressed: severity == .strong
    case .gray, .underexposed, .blurred, .pixelated: false
    case .motion, .enlarged, .posterised, .captioned, .ghost: false
    }
  }
}
