import AuditCore
import CKernels

extension DamageRule {
  static let focus = [blurred, lowDetail]

  private static let blurred = DamageRule(
    "blurred", kinds: ["blur", "motion"], meaning: "out of focus or smeared by motion",
    remedy: "leave it out where details matter: restoration and generative training learn the blur",
    page: """
      BLURRED: out of focus or smeared by motion

      SEEN FROM
        Judges that learnt from copies of this set, blurred on purpose, vote for it, and
        its sharpness (variance of the Laplacian) lies at least 1.5 robust deviations below
        the set's. What counts as sharp is what is usual in the set: of a set that is soft as
        a whole (log_sharpness - 2 ln contrast below -3.3 in its usual picture, so that a dark
        set is none) that is said once, and only what is softer still is named.

      SEE ALSO
        audit explain low_detail
        audit explain damage
      """,
    statistics: ["contrast", "log_sharpness"],
    sign: { sample, set in
      set.standsOut("log_sharpness", sample, below: 1.5).map { "sharpness \($0) deviations below the set's" }
    },
    ofAll: { usual in
      guard let sharpness = usual.sharpnessOfContrast, sharpness < softSet else { return nil }
      return RuleFinding(
        "sharpness of its contrast (log_sharpness - 2 ln contrast) is \(fixed(sharpness, 1)), where sharp sets have -1 to -3,",
        strength: -sharpness / 8, confidence: nil)
    })

  /// Real sets as they are have -1.0 to -3.0, blurred by one pixel -3.5 and below.
  private static let softSet = -3.3

  private static let lowDetail = DamageRule(
    "low_detail", kinds: ["enlarged"], meaning: "enlarged from a much smaller picture: no fine detail at all",
    remedy: "fetch the picture in its own size, or leave it out of training at this size",
    page: """
      LOW_DETAIL: enlarged from a much smaller picture

      SEEN FROM
        Judges that learnt from copies of this set, made small and enlarged again, vote for
        it, and its finest bands of the spectrum lie at least 1.5 robust deviations below
        the set's. Where the finest band lies more than 6.5 below the middle one (band_8 and
        band_4, logarithms) in the usual picture, that is said once of the set.

      SEE ALSO
        audit explain blurred  # pixelated likewise
      """,
    statistics: ["band_4", "band_7", "band_8", "contrast", "log_sharpness"],
    sign: { sample, set in
      let far = set.standsOut("band_7", sample, below: 1.5) ?? set.standsOut("log_sharpness", sample, below: 1.5)
      return far.map { "fine detail \($0) deviations below the set's" }
    },
    ofAll: { usual in
      // Real sets as they are: -4.1 to -5.9. What is blurred beyond doubt is called so.
      guard let middle = usual["band_4"], let finest = usual["band_8"], finest - middle < -6.5,
        let sharpness = usual.sharpnessOfContrast, sharpness >= softSet
      else { return nil }
      return RuleFinding(
        "its finest details (band_8) lie \(fixed(middle - finest, 1)) below the middle ones (band_4), in logarithms,",
        strength: (middle - finest) / 16, confidence: nil)
    }, wordsOfAll: "without fine detail")
}

extension MeasuredSample {
  /// Logarithm of the variance of the Laplacian over the variance of luma: it does not fall where a picture is dark.
  fileprivate var sharpnessOfContrast: Double? {
    guard let sharpness = self["log_sharpness"], let contrast = self["contrast"], contrast > 0.01 else { return nil }
    return sharpness - 2 * audit_log(contrast)
  }
}
