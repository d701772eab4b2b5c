package import AuditCore
import CKernels

/// Focal frequency loss: squared differences of spectra, in which the frequencies that differ most count most.
///
/// Per channel D is the orthonormal two-dimensional discrete Fourier transform of the residual, e = |D|², and the
/// weight |D|^alpha divided by its largest value over the channel's frequencies. The value is the mean of weight x e
/// over frequencies and channels.
///
/// - Value: 0...mse (Parseval); a flat offset gives mse; a channel without residual contributes 0. Every size is
///   transformed as it is, without padding. nil where `patch` does not divide both sides.
/// - Source: L. Jiang, B. Dai, W. Wu, C. C. Loy, "Focal Frequency Loss", ICCV 2021; package focal-frequency-loss.
package struct FocalFrequency: Metric {
  package let info: MetricInfo
  private let alpha: Double
  private let patch: Int
  private let isLogarithmic: Bool
  private let sharesMaximum: Bool

  package var parameters: [MetricParameter] {
    [
      MetricParameter("alpha", .number(0...16), standard: 1, meaning: "how sharply the weights focus"),
      MetricParameter("patch", .whole(1...64), standard: 1, meaning: "tiles per side, each transformed alone"),
      MetricParameter("log_matrix", .variant, meaning: "weights from log(|D|^alpha + 1)"),
      MetricParameter("batch_matrix", .variant, meaning: "one largest weight for all channels and tiles"),
    ]
  }

  init(_ settings: MetricSettings = .standard) {
    alpha = settings.value("alpha", standard: 1)
    patch = Int(settings.value("patch", standard: 1))
    isLogarithmic = settings.isOn("log_matrix")
    sharesMaximum = settings.isOn("batch_matrix")
    info = MetricInfo(
      name: settings.column("ffl"), family: .frequency, unit: "full scale squared", range: 0...1,
      meaning: "difference of spectra, focused on the frequencies that differ most",
      formula: "mean(w |D|²), w = |D|^alpha / max(|D|^alpha), D = orthonormal Fourier transform of the residual",
      source: "Jiang et al. 2021; focal-frequency-loss",
      parameters: ["alpha": alpha, "patch": Double(patch)])
  }

  package func with(_ settings: MetricSettings) -> any Metric { FocalFrequency(settings) }

  package func value(of pair: ImagePair) -> Double? {
    guard pair.width % patch == 0, pair.height % patch == 0 else { return nil }
    let tiles = patch == 1 ? pair.part(WholeSpectrum.self) : pair.part(TiledSpectrum.self).tiles(patch, of: pair)
    let weighted = tiles.map { tile in
      isLogarithmic ? tile.logarithmic(alpha: alpha) : tile.powers(alpha: alpha)
    }
    let largest = weighted.map(\.largest).max() ?? 0
    var sum = 0.0
    for tile in weighted {
      let top = sharesMaximum ? largest : tile.largest
      if top > 0 { sum += tile.sum / top }
    }
    return sum / Double(3 * pair.count)
  }
}

/// The energies of one real plane's spectrum, of which the lower half is stored.
struct Spectrum {
  let energies: UnsafePointer<Double>
  let width: Int
  let height: Int
  /// Over the whole spectrum, in full scale.
  let sums: audit_energy_sums

  /// A sum of weight x energy and the largest weight.
  struct Weighted {
    let sum: Double
    let largest: Double
  }

  func powers(alpha: Double) -> Weighted {
    if alpha == 1 { return Weighted(sum: sums.cubed_amplitudes, largest: sums.largest.squareRoot()) }
    if alpha == 2 { return Weighted(sum: sums.squared_energies, largest: sums.largest) }
    return weighted { audit_power($0, alpha / 2) }
  }

  func logarithmic(alpha: Double) -> Weighted { weighted { audit_log1p(audit_power($0, alpha / 2)) } }

  /// Any weight that grows with the energy, at the cost of one evaluation per frequency.
  private func weighted(_ weight: (Double) -> Double) -> Weighted {
    var sum = 0.0
    for row in 0...(height / 2) {
      let times = row == 0 || 2 * row == height ? 1.0 : 2.0
      let start = energies + row / 8 * 8 * width + row % 8
      for column in 0..<width {
        let energy = start[8 * column]
        sum += times * (weight(energy) * energy)
      }
    }
    return Weighted(sum: sum, largest: weight(sums.largest))
  }
}

/// Spectra of the three channels' residuals.
final class WholeSpectrum: PairPart {
  private let transform = ResidualTransform()

  func measure(_ pair: ImagePair) -> [Spectrum] {
    let planes = pair.part(ResidualPlanes.self)
    return (0..<3).map { channel in
      transform.spectrum(
        planes.inner(channel), stride: planes.stride, width: pair.width, height: pair.height, slot: channel,
        kernels: pair.kernels)
    }
  }
}

/// Spectra of tiles. What is kept is the memory: tilings differ by metric.
final class TiledSpectrum: PairPart {
  struct Tiler {
    let transform: ResidualTransform

    /// Spectra of `patch` x `patch` tiles of each channel.
    func tiles(_ patch: Int, of pair: ImagePair) -> [Spectrum] {
      let planes = pair.part(ResidualPlanes.self)
      let width = pair.width / patch
      let height = pair.height / patch
      return (0..<3 * patch * patch).map { index in
        let tile = index % (patch * patch)
        let corner =
          planes.inner(index / (patch * patch)) + tile / patch * height * planes.stride + tile % patch * width
        return transform.spectrum(
          corner, stride: planes.stride, width: width, height: height, slot: index, kernels: pair.kernels)
      }
    }
  }

  private let transform = ResidualTransform()

  func measure(_ pair: ImagePair) -> Tiler { Tiler(transform: transform) }
}

/// Transforms residual planes and keeps plans and memory.
final class ResidualTransform {
  private var plans: [Int: FourierPlan] = [:]
  private let work = Scratch<Double>()
  private let rows = Scratch<Double>()
  private var energies: [Scratch<Double>] = []

  /// - Parameter slot: which memory holds the energies; they are good until the slot is used again.
  func spectrum(
    _ residuals: UnsafePointer<Int16>, stride: Int, width: Int, height: Int, slot: Int, kernels: audit_metric_kernels
  ) -> Spectrum {
    while energies.count <= slot { energies.append(Scratch()) }
    let down = plan(height, kernels)
    let across = plan(width, kernels)
    let stored = (height / 2 + 8) / 8 * 8 * width
    let out = energies[slot].room(stored)
    let scale = 1 / (65025 * Double(width * height))
    kernels.half_spectrum(
      residuals, stride, width, height, down.pointer, across.pointer, scale,
      work.room(48 * max(down.innerLength, across.innerLength)), rows.room(2 * stored), out)
    return Spectrum(
      energies: UnsafePointer(out), width: width, height: height, sums: kernels.energy_sums(out, width, height))
  }

  private func plan(_ length: Int, _ kernels: audit_metric_kernels) -> FourierPlan {
    if let known = plans[length] { return known }
    let made = FourierPlan(length: length, kernels: kernels)
    plans[length] = made
    return made
  }
}
