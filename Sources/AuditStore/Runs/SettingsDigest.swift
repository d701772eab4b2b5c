package import AuditCore
import AuditDigest
import Foundation

extension ScanSettings {
  /// SHA-256 of the settings as JSON with sorted keys: equal settings, equal digest, whatever the limits are.
  package var digest: String {
    var hash = SHA256Stream()
    var settings = self
    settings.take(incidentals: ScanSettings())
    if let json = try? JSON.sorted.encode(settings) { hash.update(Array(json)) }
    return hash.finalHex()
  }
}
