package import AuditCore
package import AuditInference
import AuditMetrics
import Foundation

/// What each metric costs on this machine, one at a time.
package enum MetricBench {
  /// - Parameter size: side of the pair, which is made of smooth shades and a little noise.
  /// - Returns: CPU milliseconds per pair by metric name, beyond loading it; `load` for that.
  package static func measure(size: Int) -> [String: Double] {
    let (image, reference) = pair(size: size)
    let images = ImagePair()
    var costs: [String: Double] = [:]
    let load = milliseconds { images.load(image: image, reference: reference) }
    costs["load"] = load
    for metric in MetricRegistry.all {
      let both = milliseconds {
        images.load(image: image, reference: reference)
        _ = metric.value(of: images)
      }
      costs[metric.info.name] = max(0, both - load)
    }
    return costs
  }

  /// What the networks cost that were imported, run in this process.
  ///
  /// - Returns: CPU milliseconds per pair by metric name; nothing for a network that is not there or too large a size.
  /// - Throws: where an imported file cannot be run.
  package static func measure(networks: [ShelvedModel], size: Int) throws(AuditError) -> [String: Double] {
    let (image, reference) = pair(size: size)
    var costs: [String: Double] = [:]
    for file in networks {
      let model = try LPIPSModel(
        kind: file.kind, path: file.path, runner: InferenceSession(path: file.path))
      if let fixed = model.fixedSize, fixed != PictureSize(side: size) { continue }
      // As a scan asks: as many pairs as go through in one run.
      let pairs = Array(
        repeating: (image: image, reference: reference), count: max(1, LPIPSModel.pixelsPerRun / size / size))
      var failure: AuditError?
      let all = milliseconds {
        do throws(AuditError) { _ = try model.distances(pairs) } catch { failure = error }
      }
      if let failure { throw failure }
      costs[file.kind.rawValue] = all / Double(pairs.count)
    }
    return costs
  }

  /// The fastest of several rounds, each long enough for the clock.
  package static func milliseconds(_ body: () -> Void) -> Double {
    body()
    var repeats = 1
    var best = Double.infinity
    for _ in 0..<7 {
      var taken = 0.0
      while true {
        let start = cpuSeconds()
        for _ in 0..<repeats { body() }
        taken = cpuSeconds() - start
        if taken > 0.004 { break }
        repeats *= 2
      }
      best = min(best, taken / Double(repeats))
    }
    return 1000 * best
  }

  /// CPU time of this process, user and system.
  package static func cpuSeconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  package static func pair(size: Int) -> (RGBImage, RGBImage) {
    var state: UInt64 = 1
    func noise() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 60)
    }
    var image = RGBImage(width: size, height: size)
    var reference = image
    for y in 0..<size {
      for x in 0..<size {
        for channel in 0..<3 {
          let shade = 40 + (x * (channel + 2) + y * 3) * 150 / (size * 7)
          let index = 3 * (y * size + x) + channel
          reference.pixels[index] = UInt8(shade)
          image.pixels[index] = UInt8(shade + noise())
        }
      }
    }
    return (image, reference)
  }
}
