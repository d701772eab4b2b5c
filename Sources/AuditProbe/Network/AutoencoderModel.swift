package import AuditCore
import AuditDigest

/// The trained probe as a reference model: its networks, and which of them was not trained on which picture.
///
/// A network gets used to odd pictures that it is shown often enough. So a picture of the subsample is drawn by the
/// network of the other half, and any other picture by the first.
package struct AutoencoderModel: Sendable {
  /// Width and height of the networks' pictures.
  package static let side = 32
  private static let signature = Array("AUDITAE1".utf8)

  package let networks: [ProbeNetwork]
  /// By the key of a sample: the network that draws a picture of the subsample.
  package let networkOfKey: [UInt64: Int]
  package let encoded: [UInt8]
  /// SHA-256 of `encoded`.
  package let digest: String

  package init(networks: [ProbeNetwork], keys: [UInt64], networkOf: [Int]) {
    precondition(!networks.isEmpty && keys.count == networkOf.count)
    self.networks = networks
    networkOfKey = Dictionary(zip(keys, networkOf)) { first, _ in first }
    encoded = AutoencoderModel.encode(networks, keys: keys, networkOf: networkOf)
    digest = hexadecimal(sha256(encoded))
  }

  /// The network that draws a sample.
  package func network(forKey key: UInt64) -> Int { networkOfKey[key] ?? 0 }

  /// What the model makes of pictures, one result each.
  ///
  /// - Parameter pictures: 32 x 32 RGB, 3,072 bytes, with the key of the sample.
  package func reconstructions(of pictures: [(pixels: [UInt8], key: UInt64)]) -> [[UInt8]] {
    let (side, length) = (AutoencoderModel.side, 3 * AutoencoderModel.side * AutoencoderModel.side)
    let chosen = pictures.map { network(forKey: $0.key) }
    var results = pictures.map { _ in [UInt8]() }
    for (index, network) in networks.enumerated() {
      let own = chosen.indices.filter { chosen[$0] == index }
      guard !own.isEmpty else { continue }
      let drawn = network.reconstructions(
        of: ProbeRows(pixels: own.flatMap { pictures[$0].pixels }, side: side), threads: 1)
      for (place, picture) in own.enumerated() {
        results[picture] = Array(drawn[(place * length)..<((place + 1) * length)])
      }
    }
    return results
  }

  /// Signature, number of networks and of pictures; key and network of each picture; length and bytes of each network.
  /// Numbers are 64-bit, little-endian.
  private static func encode(_ networks: [ProbeNetwork], keys: [UInt64], networkOf: [Int]) -> [UInt8] {
    var bytes = signature
    func append(_ number: UInt64) { withUnsafeBytes(of: number.littleEndian) { bytes += $0 } }
    append(UInt64(networks.count))
    append(UInt64(keys.count))
    for (key, network) in zip(keys, networkOf) {
      append(key)
      append(UInt64(network))
    }
    for network in networks {
      let content = network.encoded()
      append(UInt64(content.count))
      bytes += content
    }
    return bytes
  }

  /// - Throws: where the bytes are not those of `encoded`.
  package init(decoding bytes: [UInt8]) throws(AuditError) {
    let broken = AuditError.damaged("the autoencoder stored with the run", remedy: "start anew with --fresh")
    var place = AutoencoderModel.signature.count
    guard bytes.starts(with: AutoencoderModel.signature) else { throw broken }
    func number() throws(AuditError) -> Int {
      guard bytes.count - place >= 8 else { throw broken }
      defer { place += 8 }
      return Int(truncatingIfNeeded: word(at: place))
    }
    func word(at place: Int) -> UInt64 { (0..<8).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) } }
    let (networkCount, keyCount) = (try number(), try number())
    guard (1...8).contains(networkCount), (0...(bytes.count / 16)).contains(keyCount) else { throw broken }
    var keys: [UInt64] = []
    var networkOf: [Int] = []
    for _ in 0..<keyCount {
      keys.append(UInt64(bitPattern: Int64(try number())))
      let network = try number()
      guard (0..<networkCount).contains(network) else { throw broken }
      networkOf.append(network)
    }
    var networks: [ProbeNetwork] = []
    for _ in 0..<networkCount {
      let length = try number()
      guard (0...(bytes.count - place)).contains(length) else { throw broken }
      networks.append(try ProbeNetwork.decoded(Array(bytes[place..<(place + length)])))
      place += length
    }
    guard place == bytes.count, networks.allSatisfy({ $0.side == AutoencoderModel.side }) else { throw broken }
    self.init(networks: networks, keys: keys, networkOf: networkOf)
  }
}
