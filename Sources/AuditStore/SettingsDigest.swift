package import AuditCore
import AuditDigest
import Foundation

extension ScanSettings {
  /// SHA-256 of the settings as JSON with sorted keys: equal settings, equal digest.
  package var digest: String {
    var hash = SHA256Stream()
    if let json = try? JSON.sorted.encode(self) { hash.update(Array(json)) }
    return hash.finalHex()
  }
}
