import AuditCore

extension DamageRule {
  static let focus = [blurred, lowDetail]

  private static let blurred = DamageRule(
    "blurred", kinds: ["blur", "motion"], meaning: "out of focus or smeared by motion",
    remedy: "leave it out where details matter: restoration and generative training learn the blur",
    page: """
      BLURRED: out of focus or smeared by motion

      SEEN FROM
        Trees that were grown on copies of this set, blurred on purpose, vote for it, and
        its sharpness (variance of the Laplacian) lies at least 1.5 robust deviations below
        the set's. What counts as sharp is what is usual in the set: a set that is soft as
        a whole has no blurred pictures.

      SEE ALSO
        audit explain low_detail
        audit explain damage
      """,
    statistics: ["log_sharpness"],
    sign: { sample, set in
      set.standsOut("log_sharpness", sample, below: 1.5).map { "sharpness \($0) deviations below the set's" }
    })

  private static let lowDetail = DamageRule(
    "low_detail", kinds: ["enlarged"], meaning: "enlarged from a much smaller picture: no fine detail at all",
    remedy: "fetch the picture in its own size, or leave it out of training at this size",
    page: """
      LOW_DETAIL: enlarged from a much smaller picture

      SEEN FROM
        Trees that were grown on copies of this set, made small and enlarged again, vote for
        it, and its finest bands of the spectrum lie at least 1.5 robust deviations below
        the set's.

      SEE ALSO
        audit explain blurred  # pixelated likewise
      """,
    statistics: ["band_7", "log_sharpness"],
    sign: { sample, set in
      let far = set.standsOut("band_7", sample, below: 1.5) ?? set.standsOut("log_sharpness", sample, below: 1.5)
      return far.map { "fine detail \($0) deviations below the set's" }
    })
}
