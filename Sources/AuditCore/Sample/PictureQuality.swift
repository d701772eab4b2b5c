/// What a picture says by itself, whatever it is compared with.
package struct PictureQuality: Sendable, Equatable, Codable {
  /// In the order of the registry of picture statistics; nil = the picture is too small for it.
  package let statistics: [Double?]
  /// nil where the set has no model of damage.
  package let judgement: PictureJudgement?
  package let fingerprint: StoredFingerprint?

  package init(statistics: [Double?], judgement: PictureJudgement?, fingerprint: StoredFingerprint? = nil) {
    self.statistics = statistics
    self.judgement = judgement
    self.fingerprint = fingerprint
  }
}

/// What copies of a picture are found by, as bytes.
package struct StoredFingerprint: Sendable, Equatable, Codable {
  /// 16 bytes that are equal for equal pixels.
  package let pixels: [UInt8]
  /// Three times 32 bytes: upright, mirrored, without its border.
  package let hashes: [UInt8]
  /// Spread of the small picture, code values.
  package let contrast: Double
  /// 32 x 32 R G B.
  package let small: [UInt8]

  package init(pixels: [UInt8], hashes: [UInt8], contrast: Double, small: [UInt8]) {
    self.pixels = pixels
    self.hashes = hashes
    self.contrast = contrast
    self.small = small
  }
}

/// How a picture compares with its set, and with copies of the set that were damaged on purpose.
package struct PictureJudgement: Sendable, Equatable, Codable {
  /// Share of the judges' votes for each kind of damage, in the order of the registry of kinds, 0...1.
  package let votes: [Double]
  /// How far off the set it is in any respect, from 0.
  package let oddness: Double
  /// How much nearer the picture lies to the set upside down, by a half turn, turned to the left and to the right: of
  /// edges (four numbers), then of the picture itself (four more). Above 0 is nearer.
  package let turned: [Double]
  /// What oddness is the length of, each from 0: distance of the statistics from their model, distance inside it, their
  /// local outlier factor, distance of the edges from their model, and of the picture.
  package let parts: [Double]

  package init(votes: [Double], oddness: Double, turned: [Double], parts: [Double]) {
    self.votes = votes
    self.oddness = oddness
    self.turned = turned
    self.parts = parts
  }

  /// Share of the votes for any kind, 0...1.
  package var damage: Double { votes.reduce(0, +) }
}
