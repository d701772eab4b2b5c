import AuditCore
import AuditMetrics
import Testing

@Test func everyMetricHasItsOwnNameAndSaysWhatItIs() {
  let names = MetricRegistry.all.map(\.info.name)
  #expect(Set(names).count == names.count)
  for info in MetricRegistry.all.map(\.info) {
    #expect(info.name.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789_".contains($0) }, "\(info.name)")
    #expect(!info.name.contains("__"), "two underscores separate parameters")
    for text in [info.unit, info.meaning, info.formula, info.source] { #expect(!text.isEmpty, "\(info.name)") }
    #expect(MetricRegistry.named(info.name)?.info == info)
  }
  #expect(MetricRegistry.named("no such metric") == nil)
}

@Test func theHeadlineMetricsAreFive() {
  let headlines = MetricRegistry.all.map(\.info).filter(\.headline).map(\.name)
  #expect(headlines == ["mse", "mae", "imae", "ssim", "gmsd"])
}

@Test func whatIsComputedUnlessToldOtherwiseLeavesOutTheExpensiveAndTheOptional() {
  let left = Set(MetricRegistry.all.map(\.info.name)).subtracting(MetricRegistry.defaults.map(\.info.name))
  #expect(
    left == [
      "flip", "p95_ae", "ssim_y", "ssim_uniform7", "laplacian_pyramid_levels", "faceswap_smooth_loss",
      "faceswap_l_inf_norm", "faceswap_ssim", "faceswap_gmsd",
    ])
}

/// Every parameter can be given its standard value, which then changes the column's name and not the number.
@Test func theStandardValueOfAParameterChangesNothing() throws {
  let pictures = Pictures(width: 24, height: 22, seed: 0)
  for metric in MetricRegistry.all {
    for parameter in metric.parameters where parameter.kind != .variant {
      let name = metric.info.name
      let given = try MetricRegistry.parse("\(name):\(parameter.name)=\(parameter.standard)")
      let pair = ImagePair()
      pair.load(image: pictures.image, reference: pictures.reference)
      #expect(given.value(of: pair) == metric.value(of: pair), "\(name):\(parameter.name)")
      #expect(given.info.name.hasPrefix("\(name)__\(parameter.name)_"))
      #expect(given.info.headline == false)
    }
  }
}

@Test func variantsChangeTheNumber() throws {
  let pictures = Pictures(width: 40, height: 44, seed: 0)
  for metric in MetricRegistry.all {
    for parameter in metric.parameters where parameter.kind == .variant {
      let variant = try MetricRegistry.parse("\(metric.info.name):\(parameter.name)")
      let pair = ImagePair()
      pair.load(image: pictures.image, reference: pictures.reference)
      #expect(variant.value(of: pair) != metric.value(of: pair), "\(metric.info.name):\(parameter.name)")
      #expect(variant.info.name == "\(metric.info.name)__\(parameter.name)")
    }
  }
}

@Test(arguments: [
  ("huber:delta=0.1", "huber__delta_0.1"), ("huber:delta=1.0", "huber__delta_1"),
  ("barron:alpha=-3", "barron__alpha_neg3"),
  ("barron:c=0.1:alpha=-inf", "barron__alpha_neginf_c_0.1"), ("ffl:patch=2,alpha=2", "ffl__alpha_2_patch_2"),
  ("imae:linear_p:T=4", "imae__T_4_linear_p"), ("mse", "mse"),
  ("huber:delta=1e-3", "huber__delta_0.001"),
])
func parametersGoIntoTheColumnNameInTheMetricsOrder(text: String, name: String) throws {
  #expect(try MetricRegistry.parse(text).info.name == name)
}

@Test(arguments: [
  ("ssm", "no metric 'ssm' (did you mean 'sse' or 'ssim'?); `audit metrics` lists them"),
  ("quux", "no metric 'quux'; `audit metrics` lists them"),
  ("", "no metric ''; `audit metrics` lists them"),
  ("huber:dleta=1", "'huber' has no parameter 'dleta' (did you mean 'delta'?); `audit metrics show huber` lists them"),
  ("huber:delt=1", "'huber' has no parameter 'delt' (did you mean 'delta'?); `audit metrics show huber` lists them"),
  ("mse:delta=1", "'mse' takes no parameters; give it as 'mse'"),
  ("huber:delta=1:delta=2", "parameter 'delta' of 'huber' is given twice; give it once"),
  ("huber:delta=big", "parameter 'delta' of 'huber' takes a number; got 'big'"),
  ("huber:delta=nan", "parameter 'delta' of 'huber' takes a number; got 'nan'"),
  ("huber:delta", "parameter 'delta' of 'huber' takes a number; got ''"),
  ("huber:delta=-1", "parameter 'delta' of 'huber' takes a number from 1e-06 to 1000000; got '-1'"),
  ("ffl:patch=1.5", "parameter 'patch' of 'ffl' takes a whole number from 1 to 64; got '1.5'"),
  ("ffl:patch=inf", "parameter 'patch' of 'ffl' takes a whole number from 1 to 64; got 'inf'"),
  ("gmsd:sample_std=1", "parameter 'sample_std' of 'gmsd' takes no value; got '1'"),
])
func aWrongSpecificationIsExplained(text: String, explanation: String) {
  #expect {
    try MetricRegistry.parse(text)
  } throws: { error in
    "\(error)" == explanation
  }
}
