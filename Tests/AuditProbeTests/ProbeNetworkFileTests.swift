import AuditCore
import Testing

@testable import AuditProbe

@Test func aNetworkSurvivesBeingStored() throws {
  let rows = ProbeRows(pixels: Toy.smooth(count: 60, side: 6, seed: 1), side: 6)
  var settings = Toy.settings(epochs: 3)
  settings.minimumGroup = 10
  let groups = (0..<60).map { $0 % 2 }
  let probe = try Probe.train(rows, groups: groups, settings: settings, threads: 1) { _ in }
  let bytes = probe.network.encoded()
  let read = try ProbeNetwork.decoded(bytes)
  #expect(read.encoded() == bytes)
  let before = probe.network.reconstructions(of: rows, decoderOf: probe.decoderOf, threads: 1)
  #expect(read.reconstructions(of: rows, decoderOf: probe.decoderOf, threads: 3) == before)
  #expect(read.reconstructions(of: rows, threads: 1) != before)
}

@Test func reconstructionsAreWhatTheScoresWereTakenFrom() throws {
  let bytes = Toy.smooth(count: 60, side: 6, seed: 2)
  let rows = ProbeRows(pixels: bytes, side: 6)
  let probe = try Probe.train(rows, settings: Toy.settings(epochs: 30), threads: 1) { _ in }
  let made = probe.network.reconstructions(of: rows, threads: 1)
  for index in 0..<60 {
    let residuals = (0..<rows.width).map { abs(Double(made[index * 108 + $0]) - Double(bytes[index * 108 + $0])) / 255 }
    // Rounding to 8 bits moves a value by half a code at most.
    #expect(abs(residuals.reduce(0, +) / 108 - probe.scores[index].absolute) <= 0.5 / 255)
  }
}

@Test func damagedNetworksAreRefused() throws {
  let rows = ProbeRows(pixels: Toy.smooth(count: 8, side: 4, seed: 1), side: 4)
  let bytes = try Probe.train(rows, settings: Toy.settings(epochs: 1), threads: 1) { _ in }.network.encoded()
  var damaged = [[], Array("AUDITPR1".utf8), Array(bytes.dropLast(4)), Array(bytes.dropLast()), bytes + [0, 0, 0, 0]]
  for (place, value) in [(0, UInt8(0)), (8, 0), (8, 5), (11, 255), (24, 9), (39, 0x7F)] {
    var changed = bytes
    changed[place] = value
    if place == 39 { changed[38] = 0xC0 }
    damaged.append(changed)
  }
  for (place, other) in damaged.enumerated() {
    #expect(throws: AuditError.self, "case \(place)") { try ProbeNetwork.decoded(other) }
  }
}

/// Anybody may have changed the file: it is refused, or a network of numbers, and never a trap.
@Test func randomlyChangedNetworksAreRefusedOrNetworks() throws {
  let rows = ProbeRows(pixels: Toy.smooth(count: 8, side: 4, seed: 1), side: 4)
  let bytes = try Probe.train(rows, settings: Toy.settings(epochs: 1), threads: 1) { _ in }.network.encoded()
  var random = SplitMix64(seed: 12)
  var refused = 0
  for round in 0..<1500 {
    var changed = bytes
    // The header is where a number leads somewhere.
    let place = round % 3 == 0 ? random.integer(below: changed.count) : random.integer(below: 48)
    changed[place] = UInt8(random.integer(below: 256))
    if round % 5 == 0 { changed.removeLast(random.integer(below: changed.count)) }
    var expected = changed
    // Two words of the header are not used yet.
    if changed.count >= 36 { expected.replaceSubrange(28..<36, with: bytes[28..<36]) }
    do { #expect(try ProbeNetwork.decoded(changed).encoded() == expected) } catch { refused += 1 }
  }
  #expect(refused > 500, "only \(refused) of 1,500 were refused")
}
