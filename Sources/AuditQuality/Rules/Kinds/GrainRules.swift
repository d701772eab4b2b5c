import AuditCore

extension DamageRule {
  static let grain = [noisy]

  private static let noisy = DamageRule(
    "noisy", kinds: ["noise", "salt_pepper"], meaning: "grain, sensor noise or specks over the picture",
    remedy: "leave it out, or denoise it; a squared error spends its effort on grain that nothing can predict",
    page: """
      NOISY: grain, sensor noise or specks

      SEEN FROM
        Judges that learnt from copies of this set, with noise or specks added, vote for it,
        and the noise of its smooth parts (median second difference), its detail or its
        sharpness lies at least two robust deviations above the set's.
      """,
    statistics: ["log_noise", "log_detail", "log_sharpness"],
    sign: { sample, set in
      let far = [("log_noise", "noise"), ("log_detail", "detail"), ("log_sharpness", "contrast of neighbours")]
        .compactMap { name, words in
          set.standsOut(name, sample, above: 2).map { "\(words) \($0) deviations above the set's" }
        }
      return far.first
    })
}
