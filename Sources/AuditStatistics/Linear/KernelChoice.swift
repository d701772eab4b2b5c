import Glibc

/// Which twin of the C kernels runs: both give the same bits.
package enum KernelChoice {
  /// 1 when the environment says `AUDIT_KERNELS=scalar`, else 0; read once at start.
  package static let scalar: Int32 = {
    guard let value = getenv("AUDIT_KERNELS") else { return 0 }
    return String(cString: value) == "scalar" ? 1 : 0
  }()
}
