import CChild
import Foundation

/// What a child process gave up before it saw the first picture.
package struct Sandbox: Codable, Sendable, Equatable {
  /// No rights beyond those of its user, whatever it runs.
  package let hasNoNewPrivileges: Bool
  /// It opens no path, reaches no network and starts no process.
  package let hasFilteredCalls: Bool

  enum CodingKeys: String, CodingKey {
    case hasNoNewPrivileges = "no_new_privileges"
    case hasFilteredCalls = "filtered_calls"
  }

  /// For this process and for good.
  static func enter() -> Sandbox {
    let given = Int(audit_enter_sandbox())
    return Sandbox(
      hasNoNewPrivileges: given & Int(AUDIT_NO_NEW_PRIVILEGES) != 0,
      hasFilteredCalls: given & Int(AUDIT_CALLS_FILTERED) != 0)
  }

  private static let (privileges, calls): (UInt8, UInt8) = (1, 2)

  var encoded: [UInt8] {
    [(hasNoNewPrivileges ? Sandbox.privileges : 0) | (hasFilteredCalls ? Sandbox.calls : 0)]
  }

  private init(hasNoNewPrivileges: Bool, hasFilteredCalls: Bool) {
    (self.hasNoNewPrivileges, self.hasFilteredCalls) = (hasNoNewPrivileges, hasFilteredCalls)
  }

  /// - Parameter greeting: of a child that is ready.
  init?(greeting: [UInt8]) {
    guard greeting.count == 1 else { return nil }
    self.init(
      hasNoNewPrivileges: greeting[0] & Sandbox.privileges != 0, hasFilteredCalls: greeting[0] & Sandbox.calls != 0)
  }
}
