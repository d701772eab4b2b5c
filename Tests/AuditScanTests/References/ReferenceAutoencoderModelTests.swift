import AuditCore
import AuditDemo
import AuditProbe
import Testing

@testable import AuditScan

/// The autoencoder as it is stored with a run.
@Suite struct ReferenceAutoencoderModelTests {
  private static let model: AutoencoderModel = {
    var generator = SplitMix64(seed: 3, keys: 1)
    let pixels = (0..<(60 * 3 * 32 * 32)).map { _ in UInt8(generator.integer(below: 256)) }
    var settings = ProbeSettings()
    settings.hidden = 4
    settings.code = 2
    settings.epochs = 1
    let probe = try! Probe.train(
      ProbeRows(pixels: pixels, side: 32), settings: settings, threads: 1, onProgress: { _ in })
    return AutoencoderModel(
      networks: probe.networks, keys: (0..<60).map { UInt64.max - $0 }, networkOf: probe.foldOf)
  }()

  @Test func bytesBringTheModelBack() throws {
    let model = ReferenceAutoencoderModelTests.model
    let read = try AutoencoderModel(decoding: model.encoded)
    #expect(read.encoded == model.encoded && read.digest == model.digest && read.networks.count == 2)
    #expect(read.networkOfKey == model.networkOfKey && read.networkOfKey.count == 60)
    #expect(read.network(forKey: 12) == 0)
    #expect(Set(read.networkOfKey.values) == [0, 1])
  }

  @Test func bytesThatAreDamagedAreRefused() {
    let bytes = ReferenceAutoencoderModelTests.model.encoded
    var broken: [[UInt8]] = [[], Array(bytes.prefix(8)), Array(bytes.dropLast()), bytes + [0]]
    for place in [0, 8, 16, 23, 24 + 15, 24 + 60 * 16 + 3] {
      var changed = bytes
      changed[place] ^= 0xFF
      broken.append(changed)
    }
    for cut in stride(from: 9, to: bytes.count, by: bytes.count / 50) { broken.append(Array(bytes.prefix(cut))) }
    for bytes in broken { #expect(throws: AuditError.self) { try AutoencoderModel(decoding: bytes) } }
  }
}
