// The kernels of audit_metrics_kernels.h. Included by metrics_kernels.c and metrics_scalar.c, which define
//   KERNEL     what stands before a kernel (vector widths, or nothing)
//   LOOP       what stands before a loop that may be vectorised (nothing, or a ban)
//   LOOKUP     what stands before a loop over table look-ups
//   INLINE     what stands before a part of a kernel
//   lanes      eight doubles, and wide, sixteen floats, with LOAD, STORE, SPLAT, ADD, SUB, MUL, DIV, SHIFT
//   add_lanes  how a row is added to eight lanes
// No include guard: all of these are one source compiled twice.

#include "audit_metrics_kernels.h"

enum { LANES = 8, BLOCK = 256 };

INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

INLINE double total(const double *sums) {
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

#include "metrics_codes.h"
#include "metrics_ssim.h"
#include "metrics_gradients.h"
#include "metrics_pyramid.h"
#include "metrics_spectrum.h"
#include "metrics_flip.h"

#define TABLE                                                                                                   \
  {                                                                                                             \
    split, widen, residuals, widen_residuals, histogram, ratios, neighbours, luma, ssim, uniform_ssim, halve,   \
        framed_sums, gradient_dissimilarity, directional_dissimilarity, power_sum, magnitude_sum,               \
        derivative_sums, pyramid_level, fourier, half_spectrum, energy_sums, flip_decode, filter_across,  \
        filter_down, flip_features, flip_map                                                                    \
  }
