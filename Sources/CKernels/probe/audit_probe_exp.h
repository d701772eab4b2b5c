#ifndef AUDIT_PROBE_EXP_H
#define AUDIT_PROBE_EXP_H

#include <stdint.h>
#include <string.h>

/// exp(x) for -87 <= x <= 88 (limited to that), relative error below 2e-7: Cephes' polynomial of degree 5 after a
/// reduction to |x| <= ln 2 / 2. Products and sums only, so that it vectorises and every instruction set agrees.
static inline __attribute__((always_inline)) float audit_probe_exp(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  // Adding 1.5 * 2^23 leaves the nearest whole number in the low bits.
  const float shifted = x * 1.44269504088896341f + 12582912.0f;
  const float whole = shifted - 12582912.0f;
  const float r = (x - whole * 0.693359375f) + whole * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  int32_t bits;
  memcpy(&bits, &p, sizeof bits);
  bits += (int32_t)whole << 23;
  memcpy(&p, &bits, sizeof p);
  return p;
}

#endif
