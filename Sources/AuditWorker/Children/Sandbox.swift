import CChild
import Foundation

/// What a child process gave up before it saw the first picture.
package struct Sandbox: Codable, Sendable, Equatable {
  /// No rights beyond those of its user, whatever it runs.
  package let hasNoNewPrivileges: Bool
  /// It opens no path, reaches no network and starts no process.
  package let hasFilteredCalls: Bool
  /// No path can be opened or changed, whatever calls are let through.
  package let hasClosedPaths: Bool
  /// No port can be taken or reached.
  package let hasClosedPorts: Bool

  enum CodingKeys: String, CodingKey {
    case hasNoNewPrivileges = "no_new_privileges"
    case hasFilteredCalls = "filtered_calls"
    case hasClosedPaths = "closed_paths"
    case hasClosedPorts = "closed_ports"
  }

  /// For this process and for good; to be called while it has one thread.
  static func enter() -> Sandbox { Sandbox(UInt8(truncatingIfNeeded: audit_enter_sandbox())) }

  /// What was given up, as `audit_enter_sandbox` says it.
  private init(_ given: UInt8) {
    func has(_ part: some BinaryInteger) -> Bool { given & UInt8(truncatingIfNeeded: part) != 0 }
    hasNoNewPrivileges = has(AUDIT_NO_NEW_PRIVILEGES)
    hasFilteredCalls = has(AUDIT_CALLS_FILTERED)
    hasClosedPaths = has(AUDIT_PATHS_CLOSED)
    hasClosedPorts = has(AUDIT_PORTS_CLOSED)
  }

  var encoded: [UInt8] {
    let parts = [
      (hasNoNewPrivileges, AUDIT_NO_NEW_PRIVILEGES), (hasFilteredCalls, AUDIT_CALLS_FILTERED),
      (hasClosedPaths, AUDIT_PATHS_CLOSED), (hasClosedPorts, AUDIT_PORTS_CLOSED),
    ]
    return [parts.reduce(0) { $1.0 ? $0 | UInt8(truncatingIfNeeded: $1.1) : $0 }]
  }

  /// - Parameter greeting: of a child that is ready.
  init?(greeting: [UInt8]) {
    guard greeting.count == 1 else { return nil }
    self.init(greeting[0])
  }
}
