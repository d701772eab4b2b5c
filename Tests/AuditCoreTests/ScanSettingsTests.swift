import AuditCore
import Foundation
import Testing

/// Settings as a run keeps them.
@Suite struct ScanSettingsTests {
  private func decoded(_ json: String) throws -> ScanSettings {
    try JSONDecoder().decode(ScanSettings.self, from: Data(json.utf8))
  }

  /// As audit 0.1.0 wrote them.
  @Test func theSettingsOfAnOlderAuditAreRead() throws {
    let read = try decoded(
      #"{"maxPixels":64000000,"metrics":["mse@1","mae@1"],"rank":32,"reference":"low-rank","sample":2000,"#
        + #""seed":7,"size":64}"#)
    var expected = ScanSettings()
    expected.size = 64
    expected.metrics = ["mse@1", "mae@1"]
    #expect(read == expected)
    #expect(try decoded("{}") == ScanSettings())
  }

  @Test func whatIsWrittenIsReadBackWhole() throws {
    var settings = ScanSettings()
    settings.size = 96
    settings.rank = 8
    settings.sample = 30
    settings.seed = .max
    settings.maxPixels = 5
    settings.metrics = ["ssim@2"]
    settings.reference = "file 12"
    settings.files = FileRules()
    settings.limits.maxBytes = 7
    settings.limits.timeout = 3
    let json = try JSONEncoder().encode(settings)
    #expect(try JSONDecoder().decode(ScanSettings.self, from: json) == settings)
    // Every field that is written differs from its default above: one that is not read back would show.
    let written = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    let usual = try #require(
      try JSONSerialization.jsonObject(with: JSONEncoder().encode(ScanSettings())) as? [String: Any])
    for (name, value) in usual where name != "schema" {
      #expect("\(value)" != "\(written[name] ?? "")", "give \(name) another value here")
    }
    #expect(written["schema"] as? Int == 1)
  }

  @Test(arguments: [
    #"{"schema":2}"#, #"{"schema":-1}"#, #"{"size":0}"#, #"{"size":65501}"#, #"{"rank":0}"#, #"{"sample":-7}"#,
    #"{"maxPixels":0}"#, #"{"maxPixels":9223372036854775807}"#, #"{"seed":-1}"#, #"{"metrics":7}"#, #"{"rank":1e99}"#,
  ]) func whatNoScanOfThisVersionWroteIsRefused(json: String) {
    #expect(throws: DecodingError.self) { try decoded(json) }
  }
}
