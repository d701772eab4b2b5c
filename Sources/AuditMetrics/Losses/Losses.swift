import CKernels

// The catalogue of losses. Formulas and limits: J. T. Barron, "A General and Adaptive Robust Loss Function", CVPR 2019;
// P. J. Huber, "Robust Statistics", 1981. r is the residual, a its magnitude.
extension Loss {
  /// r². Its influence grows without limit.
  package static let squared = Loss(
    name: "squared", parameters: [:], rho: { $0 * $0 }, psi: { 2 * $0 },
    robustness: "influence unbounded, grows with the residual; breakdown point 0")

  /// |r|. Every residual pulls alike.
  package static let absolute = Loss(
    name: "absolute", parameters: [:], rho: { abs($0) }, psi: sign,
    robustness: "influence at most 1, constant far away; breakdown point 1/2")

  /// r² / 2 up to `delta`, linear beyond, so that one bad region cannot dominate.
  package static func huber(delta: Double = scale) -> Loss {
    Loss(
      name: "huber", parameters: ["delta": delta],
      rho: { abs($0) <= delta ? 0.5 * $0 * $0 : delta * (abs($0) - 0.5 * delta) },
      psi: { min(max($0, -delta), delta) },
      robustness: "influence at most delta, constant far away; breakdown point 1/2")
  }

  /// Huber's loss divided by its width: r² / (2 beta) below `beta`, |r| - beta / 2 beyond.
  package static func smoothL1(beta: Double = 0.1) -> Loss {
    Loss(
      name: "smooth_l1", parameters: ["beta": beta],
      rho: { abs($0) < beta ? 0.5 * $0 * $0 / beta : abs($0) - 0.5 * beta },
      psi: { min(max($0 / beta, -1), 1) },
      robustness: "influence at most 1, constant far away; breakdown point 1/2")
  }

  /// The quantile loss: with u = reference - image, max(q u, (q - 1) u).
  package static func pinball(quantile: Double = 0.9) -> Loss {
    Loss(
      name: "pinball", parameters: ["q": quantile],
      rho: { max(-quantile * $0, (1 - quantile) * $0) },
      psi: { $0 > 0 ? 1 - quantile : $0 < 0 ? -quantile : 0 },
      robustness: "influence at most max(q, 1 - q), constant far away; breakdown point min(q, 1 - q)")
  }

  /// s² log cosh(r / s), by a + log(1 + e^-2a) - log 2, which cannot overflow.
  package static func logCosh(scale: Double = 1) -> Loss {
    Loss(
      name: "log_cosh", parameters: ["scale": scale],
      rho: {
        let a = abs($0) / scale
        return scale * scale * (a + audit_log1p(audit_exp(-2 * a)) - 0.6931471805599453)
      },
      psi: { scale * audit_tanh($0 / scale) },
      robustness: "influence at most scale, constant far away; breakdown point 1/2, "
        + "but with scale 1 no residual of an image is far away")
  }

  /// sqrt(r² + eps²), a rounded absolute value.
  package static func charbonnier(eps: Double = 1e-3) -> Loss {
    Loss(
      name: "charbonnier", parameters: ["eps": eps],
      rho: { ($0 * $0 + eps * eps).squareRoot() },
      psi: { $0 / ($0 * $0 + eps * eps).squareRoot() },
      robustness: "influence at most 1, constant far away; breakdown point 1/2")
  }

  /// Barron's family: alpha 2 squared, 1 Charbonnier, 0 Cauchy, -2 Geman-McClure, -infinity Welsch.
  ///
  /// With z = (r / c)² and b = |alpha - 2|: (b / alpha) ((z / b + 1)^(alpha / 2) - 1), and its limits.
  package static func barron(alpha: Double = -2, c: Double = scale) -> Loss {
    let b = abs(alpha - 2)
    return Loss(
      name: "barron", parameters: ["alpha": alpha, "c": c],
      rho: {
        let z = ($0 / c) * ($0 / c)
        if alpha == 2 { return 0.5 * z }
        if alpha == 0 { return audit_log1p(0.5 * z) }
        if alpha == -.infinity { return 1 - audit_exp(-0.5 * z) }
        return (b / alpha) * (barronPower(z / b + 1, 0.5 * alpha) - 1)
      },
      psi: {
        let z = ($0 / c) * ($0 / c)
        let slope = $0 / (c * c)
        if alpha == 2 { return slope }
        if alpha == -.infinity { return slope * audit_exp(-0.5 * z) }
        return slope * barronPower(z / b + 1, 0.5 * alpha - 1)
      },
      robustness: "influence unbounded for alpha > 1, at most 1/c at alpha 1, falls to 0 far away below; "
        + "breakdown point 0 for alpha > 1, 1/2 at alpha 1, near 1/2 below with a good start")
  }

  /// FaceSwap's smooth loss: sqrt(r² + beta²) - beta with beta of one code value.
  package static let smoothLoss = Loss(
    name: "smooth_loss", parameters: ["alpha": 1, "beta": 1.0 / 255],
    rho: { ($0 * $0 + code * code).squareRoot() - code },
    psi: { $0 / ($0 * $0 + code * code).squareRoot() },
    robustness: "influence at most 1, constant far away; breakdown point 1/2")

  /// Tukey's biweight: nothing beyond `k` pulls at all.
  package static func tukey(k: Double = 4.685 * scale) -> Loss {
    Loss(
      name: "tukey", parameters: ["k": k],
      rho: {
        let u = min(abs($0) / k, 1)
        let rest = 1 - u * u
        return k * k / 6 * (1 - rest * rest * rest)
      },
      psi: {
        let rest = 1 - ($0 / k) * ($0 / k)
        return abs($0) <= k ? $0 * rest * rest : 0
      },
      robustness: "influence at most 0.2862 k at k / sqrt 5, exactly 0 beyond k; "
        + "breakdown point near 1/2 with a good start")
  }

  /// Cauchy's loss: c² / 2 log(1 + (r / c)²).
  package static func cauchy(c: Double = scale) -> Loss {
    Loss(
      name: "cauchy", parameters: ["c": c],
      rho: { 0.5 * c * c * audit_log1p(($0 / c) * ($0 / c)) },
      psi: { $0 / (1 + ($0 / c) * ($0 / c)) },
      robustness: "influence at most c / 2 at c, falls like c²/r far away; breakdown point near 1/2 with a good start")
  }

  /// Geman and McClure's loss: (r² / 2) / (1 + (r / c)²).
  package static func gemanMcClure(c: Double = scale) -> Loss {
    Loss(
      name: "geman_mcclure", parameters: ["c": c],
      rho: { 0.5 * $0 * $0 / (1 + ($0 / c) * ($0 / c)) },
      psi: {
        let below = 1 + ($0 / c) * ($0 / c)
        return $0 / (below * below)
      },
      robustness: "influence at most 0.3248 c at c / sqrt 3, falls like c^4/r³ far away; "
        + "breakdown point near 1/2 with a good start")
  }

  private static let code = 1.0 / 255

  static func sign(_ residual: Double) -> Double { residual > 0 ? 1 : residual < 0 ? -1 : 0 }

  /// The powers of Barron's formula; a square root where the exponent is 1/2, as its rounding is the better one.
  private static func barronPower(_ base: Double, _ exponent: Double) -> Double {
    exponent == 0.5 ? base.squareRoot() : audit_power(base, exponent)
  }
}
