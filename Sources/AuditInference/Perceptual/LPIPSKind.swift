package import AuditCore

/// The published LPIPS networks, version 0.1.
package enum LPIPSKind: String, Sendable, Codable, CaseIterable {
  case alex = "lpips_alex"
  case squeeze = "lpips_squeeze"
  case vgg = "lpips_vgg"

  /// Smallest side that leaves something behind every pooling layer. On a smaller picture the network computes nothing,
  /// and ONNX Runtime gives a meaningless number or ends its process.
  package var smallestSide: Int {
    switch self {
    case .alex: 31
    case .squeeze: 17
    // Four 2x2 pools that round down stand before the last tap: 16, 8, 4, 2, 1.
    case .vgg: 16
    }
  }

  package var backbone: String {
    switch self {
    case .alex: "AlexNet"
    case .squeeze: "SqueezeNet 1.1"
    case .vgg: "VGG16"
    }
  }

  /// Column and description of the metric.
  package var info: MetricInfo {
    MetricInfo(
      name: rawValue, family: .perceptual, unit: "1", range: 0 ... .infinity, direction: .lower,
      meaning: "learned perceptual distance of \(backbone) features; needs a network file (`audit models import`)",
      formula: "sum over layers of mean(w . (f(x)/|f(x)| - f(y)/|f(y)|)^2)",
      source: "LPIPS 0.1, Zhang et al. 2018", parameters: [:], headline: false, isDefault: false)
  }

  /// SHA-256 of files whose weights were compared with the published ones.
  static let knownFiles: [String: LPIPSKind] = [
    "3bf3edce56151caddb335210be004ea2281377001b29f1d3a336bf0d82b006c0": .alex,
    "45285a2c0731a13dd80d479ffebb4bda066029b532df0460adb3ec3add2e4329": .squeeze,
  ]
}
