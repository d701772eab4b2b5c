import AuditCore
import AuditDemo
import AuditMetrics
import Testing

@testable import AuditInference
@testable import AuditScan

/// A network that measures pairs and cannot be run.
@Suite struct ReferencePerceptualTests {
  @Test func itsTroubleCostsItsValueAlone() {
    let file = ShelvedModel(kind: .squeeze, path: "/nowhere/squeeze.onnx", bytes: 0, sha256: "")
    let scorer = PerceptualScorer(files: [file], launch: InferenceLaunch(executable: "/bin/false", arguments: []))
    var rows = (0..<9).map { number in
      SampleRow(sample: Sample(path: SamplePath("\(number).png"), bytes: 0, modified: 0))
    }
    let image = FaceArtist(seed: 1, width: 128, height: 128).draw(0)
    for row in rows.indices where row != 3 {
      rows[row].scores = [0.5, nil]
      scorer.add(Comparison(image: image, reference: image), row: row, rows: &rows)
      // Four pairs of that size go through at once.
      let measured = rows.filter { !$0.issues.isEmpty }.count
      #expect(measured == (row < 3 ? row + 1 : row) / 4 * 4)
    }
    scorer.finish(&rows)
    for (number, row) in rows.enumerated() {
      #expect(row.failure == nil)
      guard number != 3 else {
        #expect(row.issues.isEmpty && row.scores.isEmpty)
        continue
      }
      #expect(row.scores == [0.5, nil])
      #expect(row.issues.map(\.code) == [.metricFailed] && row.issues[0].detail.hasPrefix("lpips_squeeze: "))
      #expect(row.issues[0].severity == .warning)
    }
  }
}
