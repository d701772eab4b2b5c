import AuditCore
import AuditDemo
import AuditMetrics
import AuditReference
import AuditWorker
import Testing

@testable import AuditInference
@testable import AuditScan

/// A network that measures pairs and cannot be run.
@Suite struct ReferencePerceptualTests {
  @Test func itsTroubleCostsItsValueAlone() {
    let file = ShelvedModel(kind: .squeeze, path: "/nowhere/squeeze.onnx", bytes: 0, sha256: "")
    let scorer = PerceptualScorer(
      files: [file], inference: OnnxRuntimeProvider(ChildLaunch(executable: "/bin/false", arguments: [])))
    let image = FaceArtist(seed: 1, width: 128, height: 128).draw(0)
    for pair in 1...9 {
      scorer.add(Comparison(image: image, reference: image))
      // Four pairs of that size go through at once.
      #expect(scorer.measured.count == pair / 4 * 4)
    }
    let values = scorer.finish()
    #expect(values.count == 9 && scorer.finish().isEmpty)
    for own in values {
      #expect(own.scores == [nil] && own.issues.map(\.code) == [.metricFailed])
      #expect(own.issues.allSatisfy { $0.severity == .warning && $0.detail.hasPrefix("lpips_squeeze: ") })
    }
  }
}
