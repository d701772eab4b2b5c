import AuditCore
import AuditProbe
import AuditReference
import Foundation

extension FuzzTarget {
  /// What the program wrote itself and reads back from a place where anybody may have changed it.
  static let records: [FuzzTarget] = [
    FuzzTarget("low_rank_model") { _ = try? LowRankModel(decoding: $0) },
    FuzzTarget("probe_network") { _ = try? ProbeNetwork.decoded($0) },
    FuzzTarget("settings", texts: [encodedSettings]) {
      _ = try? JSONDecoder().decode(ScanSettings.self, from: Data($0.utf8))
    },
  ]

  private static let encodedSettings = String(
    decoding: (try? JSONEncoder().encode(ScanSettings())) ?? Data(), as: UTF8.self)
}
