#pragma once

// Elementary functions whose last bit does not depend on the processor: the C library picks other code where it finds
// fused multiply-add, and a stored score must not tell on which machine it was computed. Plain arithmetic in a fixed
// order; relative error below 5e-16 unless said otherwise. For tables, not for pixels.

/// e^x; 0 below -745, infinite above 709.78.
double audit_exp(double x);
/// Natural logarithm of x > 0 (normal numbers).
double audit_log(double x);
/// log(1 + x) for x >= 0.
double audit_log1p(double x);
/// x^y for x >= 0; the relative error grows with |y log x|, 7e-15 at 60.
double audit_power(double x, double y);
/// Hyperbolic tangent.
double audit_tanh(double x);
/// Error function, |x| <= 6; relative error below 2e-15.
double audit_erf(double x);
/// Cosine and sine of 2 pi k / n, 0 <= k < n, exact where they are 0 or 1.
void audit_root_of_unity(unsigned long k, unsigned long n, double *_Nonnull cosine, double *_Nonnull sine);
