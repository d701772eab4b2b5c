package import CKernels
import Glibc

/// Which build of the pixel loops is used. Both give the same bits.
package enum Kernels: Sendable {
  /// The widest vectors that the processor has.
  case fast
  /// No vectors: the oracle of the tests.
  case scalar

  /// `.scalar` where the environment says `AUDIT_KERNELS=scalar` at the first use, else `.fast`.
  package static let chosen: Kernels = {
    guard let setting = getenv("AUDIT_KERNELS") else { return .fast }
    return String(cString: setting) == "scalar" ? .scalar : .fast
  }()

  package var table: audit_metric_kernels {
    switch self {
    case .fast: audit_metric_kernels_fast
    case .scalar: audit_metric_kernels_scalar
    }
  }
}
