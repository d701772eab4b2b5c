package import AuditCore
import Foundation

/// The settings that a run keeps, as JSON.
package enum StoredSettings {
  /// - Parameter run: the run's name, for the message.
  /// - Throws: `AuditError` where a newer audit wrote them or they are damaged.
  package static func decoded(_ text: String, run: String) throws -> ScanSettings {
    do {
      return try JSONDecoder().decode(ScanSettings.self, from: Data(text.utf8))
    } catch {
      throw AuditError.lacking(
        "the settings of run \"\(run)\" cannot be read (\(cause(error)))",
        remedy: "update audit if a newer one wrote them, or start anew with --fresh")
    }
  }

  private static func cause(_ error: any Error) -> String {
    switch error {
    case DecodingError.dataCorrupted(let context), DecodingError.typeMismatch(_, let context),
      DecodingError.keyNotFound(_, let context), DecodingError.valueNotFound(_, let context):
      context.debugDescription
    default: "\(error)"
    }
  }
}
