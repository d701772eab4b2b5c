import AuditCore
import AuditMetrics

/// Specifications of every registered metric and of its variants.
let everySpecification: [String] =
  MetricRegistry.all.map(\.info.name) + specifications.values.sorted() + [
    "ffl:alpha=0.5:patch=1", "ffl:alpha=3:log_matrix", "imae:half=0.01", "barron:alpha=-1",
  ]

/// Values by specification for one pair.
func values(
  _ names: [String] = everySpecification, image: RGBImage, reference: RGBImage, kernels: Kernels = .fast
) throws -> [String: Double?] {
  let pair = ImagePair(kernels: kernels)
  pair.load(image: image, reference: reference)
  return try Dictionary(
    uniqueKeysWithValues: names.map { name in (name, try MetricRegistry.parse(name).value(of: pair)) })
}

/// One value for one pair.
func value(_ name: String, _ image: RGBImage, _ reference: RGBImage) throws -> Double? {
  let pair = ImagePair()
  pair.load(image: image, reference: reference)
  return try MetricRegistry.parse(name).value(of: pair)
}
