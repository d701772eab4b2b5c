import AuditCore
import AuditDigest
import AuditImages
import AuditMetrics
import Foundation
import Testing

extension Golden.Pair {
  /// The decoded picture, if its bytes are those that the golden values were computed from.
  func rgb(_ file: String, _ role: String) throws -> RGBImage {
    let bytes = [UInt8](try Data(contentsOf: Golden.fixtures.appendingPathComponent(file)))
    let image = try decodeImage(bytes, name: file, maxPixels: 1 << 20, target: Int.max).image
    try #require(image.width == width && image.height == height, "\(file) has another size")
    try #require(hexadecimal(sha256(image.pixels)) == decoded_sha256[role], "\(file) decodes to other bytes")
    return image
  }

  func pair(kernels: Kernels = .chosen) throws -> ImagePair {
    let pair = ImagePair(kernels: kernels)
    pair.load(image: try rgb(img, "img"), reference: try rgb(ref, "ref"))
    return pair
  }
}

/// How a golden id that is no column of the registry is written as a specification.
let specifications: [String: String] = [
  "huber__delta_0.1": "huber:delta=0.1", "huber__delta_1": "huber:delta=1",
  "quantile__q_0.1": "quantile:q=0.1", "quantile__q_0.5": "quantile:q=0.5",
  "log_cosh__scale_0.05": "log_cosh:scale=0.05", "smooth_l1__beta_1": "smooth_l1:beta=1",
  "barron__alpha_0_c_0.05": "barron:alpha=0:c=0.05", "barron__alpha_1_c_0.05": "barron:c=0.05:alpha=1",
  "barron__alpha_1.5_c_0.1": "barron:alpha=1.5:c=0.1", "barron__alpha_2_c_0.05": "barron:alpha=2:c=0.05",
  "barron__alpha_neginf_c_0.05": "barron:alpha=-inf,c=0.05",
  "imae__T_16": "imae:T=16", "imae__T_0": "imae:T=0", "imae__linear_p": "imae:linear_p",
  "gmsd__sample_std": "gmsd:sample_std",
  "ffl__alpha_2": "ffl:alpha=2", "ffl__log_matrix": "ffl:log_matrix", "ffl__batch_matrix": "ffl:batch_matrix",
  "ffl__patch_2": "ffl:patch=2", "laplacian_pyramid__flat": "laplacian_pyramid:flat",
  "pixel_gradient_diff__no_xy": "pixel_gradient_diff:no_xy", "faceswap_gmsd__std": "faceswap_gmsd:std",
]

/// LPIPS belongs to the module that runs networks.
private let notHere: Set<String> = ["lpips_alex", "lpips_squeeze"]

/// FLIP works in single precision: of it the golden file asks 5e-5, and its documentation promises 1e-6.
private let singlePrecision = ["flip": 1e-6]

@Test(arguments: Golden.shared.pairs, [Kernels.fast, .scalar])
func everyGoldenValueIsMetInDoublePrecision(golden: Golden.Pair, kernels: Kernels) throws {
  let pair = try golden.pair(kernels: kernels)
  var compared = 0
  for (id, expected) in golden.values.sorted(by: { $0.key < $1.key }) where !notHere.contains(id) {
    let metric = try MetricRegistry.parse(specifications[id] ?? id)
    #expect(metric.info.name == id)
    let definition = try #require(Golden.shared.metrics[id])
    let value = metric.value(of: pair)
    compared += 1
    guard let wanted = expected.number, let value else {
      #expect(value == nil && expected.number == nil, "\(id): got \(String(describing: value)), want \(expected)")
      continue
    }
    let tolerance = singlePrecision[id] ?? (definition.atol_double + definition.rtol_double * abs(wanted))
    #expect(tolerance <= definition.atol + definition.rtol * abs(wanted), "\(id): a wider tolerance than accepted")
    #expect(abs(value - wanted) <= tolerance, "\(id): got \(value), want \(wanted)")
  }
  #expect(compared == 58, "60 values less the two of LPIPS")
}

@Test func theGoldenFileCoversEveryMetric() {
  for metric in MetricRegistry.all {
    #expect(Golden.shared.metrics[metric.info.name] != nil, "add \(metric.info.name) to make_golden.py")
  }
  #expect(Golden.shared.pairs.count == 16)
}

@Test func primaryColumnsAreComputedUnlessTheyAreExpensive() {
  for (id, definition) in Golden.shared.metrics where definition.primary && !notHere.contains(id) {
    #expect(MetricRegistry.named(id)?.info.isDefault == (id != "flip"), "\(id)")
  }
}
