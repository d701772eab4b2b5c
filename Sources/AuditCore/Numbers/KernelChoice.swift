import Glibc

/// Which twin of the C kernels runs: both give the same bits.
package enum KernelChoice {
  /// Whether the environment says `AUDIT_KERNELS=scalar`; read once.
  package static let isScalar = getenv("AUDIT_KERNELS").map { String(cString: $0) == "scalar" } ?? false

  /// The same as kernels take it: 1 or 0.
  package static let scalar: Int32 = isScalar ? 1 : 0
}
