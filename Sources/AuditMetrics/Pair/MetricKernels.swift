import AuditCore
package import CKernels

/// Which build of the pixel loops is used. Both give the same bits.
package enum Kernels: Sendable {
  /// The widest vectors that the processor has.
  case fast
  /// No vectors: the oracle of the tests.
  case scalar

  /// `.scalar` where the environment says `AUDIT_KERNELS=scalar` at the first use, else `.fast`.
  package static let chosen: Kernels = KernelChoice.isScalar ? .scalar : .fast

  package var table: audit_metric_kernels {
    switch self {
    case .fast: audit_metric_kernels_fast
    case .scalar: audit_metric_kernels_scalar
    }
  }
}
