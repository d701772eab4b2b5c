import CKernels

/// Natural logarithm of a positive number, the same on every processor.
func naturalLogarithm(_ value: Double) -> Double { audit_log(value) }
