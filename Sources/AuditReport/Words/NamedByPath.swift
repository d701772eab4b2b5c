import AuditCore
import AuditStore
import Foundation

/// What tells of one sample in JSON: its path as text and, where that is not all, the path's bytes.
package protocol NamedByPath {
  var path: String { get }
  var pathBase64: String? { get }
}

extension NamedByPath {
  /// The path as a command takes it: as `PathText` has its bytes.
  package var operand: String {
    pathBase64.flatMap { Data(base64Encoded: $0) }.map { PathText.text(of: Array($0)) } ?? path
  }
}

extension Tile: NamedByPath {}

extension SQLRow {
  /// From column `path_raw`.
  var pathBase64: String? { self["path_raw"].blob.map { Data($0).base64EncodedString() } }
}
