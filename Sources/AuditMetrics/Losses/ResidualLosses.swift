import AuditCore

// Means of losses, one function each. Residuals are image minus reference in full scale (1 = 255 code values).
extension ResidualLoss {
  /// Mean squared error. Agrees with scikit-learn's `mean_squared_error`.
  static func mse(_ settings: MetricSettings = .standard) -> ResidualLoss {
    ResidualLoss(
      info: MetricInfo(
        name: "mse", family: .squared, unit: "full scale squared", range: 0...1,
        meaning: "mean squared residual, the loss of ordinary training", formula: "mean(r²)",
        source: "scikit-learn mean_squared_error", headline: true),
      loss: .squared, remake: mse)
  }

  /// Mean absolute error. Agrees with scikit-learn's `mean_absolute_error`.
  static func mae(_ settings: MetricSettings = .standard) -> ResidualLoss {
    ResidualLoss(
      info: MetricInfo(
        name: "mae", family: .absolute, unit: "full scale", range: 0...1,
        meaning: "mean absolute residual, 1/255 = one code value", formula: "mean(|r|)",
        source: "scikit-learn mean_absolute_error", headline: true),
      loss: .absolute, remake: mae)
  }

  /// Huber's loss. With delta >= 1 it equals mse / 2 on images.
  ///
  /// - SeeAlso: P. J. Huber, "Robust Estimation of a Location Parameter", Ann. Math. Statist. 35 (1964).
  static func huber(_ settings: MetricSettings = .standard) -> ResidualLoss {
    let delta = settings.value("delta", standard: Loss.scale)
    let end = min(delta, 1)
    return ResidualLoss(
      info: MetricInfo(
        name: settings.column("huber"), family: .robust, unit: "full scale squared",
        range: 0...(end * (1 - end / 2)),
        meaning: "squared loss that turns linear beyond \(MetricSettings.shortest(delta)) of full scale",
        formula: "mean(r²/2 if |r| <= delta, else delta (|r| - delta/2))",
        source: "Huber 1964; torch huber_loss", parameters: ["delta": delta]),
      loss: .huber(delta: delta),
      parameters: [
        MetricParameter("delta", .number(1e-6...1e6), standard: Loss.scale, meaning: "where it turns linear")
      ], remake: huber)
  }

  /// The quantile or pinball loss. q = 0.5 is mae / 2.
  ///
  /// - SeeAlso: R. Koenker, G. Bassett, "Regression Quantiles", Econometrica 46 (1978).
  static func quantile(_ settings: MetricSettings = .standard) -> ResidualLoss {
    let q = settings.value("q", standard: 0.9)
    return ResidualLoss(
      info: MetricInfo(
        name: settings.column("quantile"), family: .robust, unit: "full scale", range: 0...max(q, 1 - q),
        meaning: "absolute loss where a darker image costs q and a brighter one 1 - q",
        formula: "mean(max(q u, (q - 1) u)), u = reference - image",
        source: "Koenker and Bassett 1978; scikit-learn mean_pinball_loss", parameters: ["q": q]),
      loss: .pinball(quantile: q),
      parameters: [MetricParameter("q", .number(0...1), standard: 0.9, meaning: "the quantile")], remake: quantile)
  }

  /// Log-cosh. At scale 1 it stays within 14 % of r² / 2 on images and is not robust; scale 0.05 makes it so.
  static func logCosh(_ settings: MetricSettings = .standard) -> ResidualLoss {
    let scale = settings.value("scale", standard: 1)
    let loss = Loss.logCosh(scale: scale)
    return ResidualLoss(
      info: MetricInfo(
        name: settings.column("log_cosh"), family: .robust, unit: "full scale squared", range: 0...loss.rho(1),
        meaning: "squared loss for small residuals, linear far beyond the scale",
        formula: "mean(scale² log cosh(r / scale))", source: "keras log_cosh", parameters: ["scale": scale]),
      loss: loss,
      parameters: [
        MetricParameter("scale", .number(1e-3...1e3), standard: 1, meaning: "the residual where it turns linear")
      ], remake: logCosh)
  }

  /// Smooth L1: Huber's loss divided by its width.
  ///
  /// - SeeAlso: R. Girshick, "Fast R-CNN", ICCV 2015, equation 3.
  static func smoothL1(_ settings: MetricSettings = .standard) -> ResidualLoss {
    let beta = settings.value("beta", standard: 0.1)
    let loss = Loss.smoothL1(beta: beta)
    return ResidualLoss(
      info: MetricInfo(
        name: settings.column("smooth_l1"), family: .robust, unit: "full scale", range: 0...loss.rho(1),
        meaning: "absolute loss with a rounded tip of width \(MetricSettings.shortest(beta))",
        formula: "mean(r²/(2 beta) if |r| < beta, else |r| - beta/2)",
        source: "Girshick 2015; torch smooth_l1_loss", parameters: ["beta": beta]),
      loss: loss,
      parameters: [
        MetricParameter("beta", .number(1e-6...1e6), standard: 0.1, meaning: "width of the rounded tip")
      ], remake: smoothL1)
  }

  /// Charbonnier's loss. Equal images give eps, not 0.
  ///
  /// - SeeAlso: P. Charbonnier et al., ICIP 1994; W.-S. Lai et al., "LapSRN", CVPR 2017, for eps = 1e-3.
  static func charbonnier(_ settings: MetricSettings = .standard) -> ResidualLoss {
    let eps = settings.value("eps", standard: 1e-3)
    let loss = Loss.charbonnier(eps: eps)
    return ResidualLoss(
      info: MetricInfo(
        name: settings.column("charbonnier"), family: .robust, unit: "full scale", range: eps...loss.rho(1),
        meaning: "rounded absolute loss; equal images give eps", formula: "mean(sqrt(r² + eps²))",
        source: "Charbonnier 1994; robust_loss_pytorch alpha 1", parameters: ["eps": eps]),
      loss: loss,
      parameters: [MetricParameter("eps", .number(1e-9...1), standard: 1e-3, meaning: "rounding of the tip")],
      remake: charbonnier)
  }

  /// Barron's general loss; the standard alpha of -2 is bounded by 2, so it reads as twice the share of outliers.
  ///
  /// - SeeAlso: J. T. Barron, "A General and Adaptive Robust Loss Function", CVPR 2019, equation 8.
  static func barron(_ settings: MetricSettings = .standard) -> ResidualLoss {
    let alpha = settings.value("alpha", standard: -2)
    let c = settings.value("c", standard: Loss.scale)
    let loss = Loss.barron(alpha: alpha, c: c)
    return ResidualLoss(
      info: MetricInfo(
        name: settings.column("barron"), family: .robust, unit: "1", range: 0...loss.rho(1),
        meaning: alpha == -2
          ? "bounded loss, about twice the share of outlying values"
          : "general robust loss with shape \(MetricSettings.shortest(alpha))",
        formula: "mean((b/alpha) ((z/b + 1)^(alpha/2) - 1)), z = (r/c)², b = |alpha - 2|",
        source: "Barron 2019; robust_loss_pytorch lossfun", parameters: ["alpha": alpha, "c": c]),
      loss: loss,
      parameters: [
        MetricParameter(
          "alpha", .number(-Double.infinity...2), standard: -2,
          meaning: "shape: 2 squared, 1 Charbonnier, 0 Cauchy, -2 Geman-McClure, -inf Welsch"),
        MetricParameter("c", .number(1e-4...1e4), standard: Loss.scale, meaning: "scale of an ordinary residual"),
      ], remake: barron)
  }

  /// IMAE carried over to residuals; see `Loss.imae`. Never below mae; T = 0 is mae.
  static func imae(_ settings: MetricSettings = .standard) -> ResidualLoss {
    let temperature = settings.value("T", standard: 8)
    let half = settings.value("half", standard: Loss.scale)
    let isLinear = settings.isOn("linear_p")
    let loss: Loss = isLinear ? .imaeLinear(temperature: temperature) : .imae(temperature: temperature, half: half)
    return ResidualLoss(
      info: MetricInfo(
        name: settings.column("imae"), family: .robust, unit: "full scale", range: 0...loss.rho(1),
        meaning: isLinear
          ? "IMAE with the literal agreement 1 - |r|: gross residuals count most"
          : "absolute loss in which plausible residuals count up to e^(T/4) times, outliers once",
        formula: "mean(integral from 0 to |r| of exp(T p (1 - p)) du), p = "
          + (isLinear ? "1 - u" : "2^(-u/half)"),
        source: "Wang et al. 2019 (arXiv 1903.12141), own transfer to images",
        parameters: isLinear ? ["T": temperature, "linear_p": 1] : ["T": temperature, "half": half],
        headline: settings == .standard),
      loss: loss,
      parameters: [
        MetricParameter("T", .number(0...32), standard: 8, meaning: "contrast of the weights; 0 is mae"),
        MetricParameter(
          "half", .number(1e-3...10), standard: Loss.scale, meaning: "the residual that counts most"),
        MetricParameter("linear_p", .variant, meaning: "agreement 1 - |r|, as in classification"),
      ], remake: imae)
  }

  /// What FaceSwap calls smooth loss: Charbonnier's loss of one code value, 0 for equal images.
  static func faceswapSmoothLoss(_ settings: MetricSettings = .standard) -> ResidualLoss {
    ResidualLoss(
      info: MetricInfo(
        name: "faceswap_smooth_loss", family: .optional, unit: "full scale", range: 0...1,
        meaning: "FaceSwap's smooth loss, a rounded absolute loss", formula: "mean(sqrt(r² + beta²) - beta)",
        source: "FaceSwap GeneralizedLoss", parameters: ["alpha": 1, "beta": 1.0 / 255], isDefault: false),
      loss: .smoothLoss, remake: faceswapSmoothLoss)
  }
}
