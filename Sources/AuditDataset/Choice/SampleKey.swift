package import AuditCore
import AuditDigest

/// SHA-256 of seed and path, its first 64 bits: chooses the subsample, and is what the model knows a row by.
package struct SampleKey: Sendable {
  package let value: UInt64

  package init(seed: UInt64, path: SamplePath) {
    var hash = SHA256Stream()
    withUnsafeBytes(of: seed.littleEndian) { hash.update($0) }
    hash.update(path.bytes)
    value = hash.final().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}
