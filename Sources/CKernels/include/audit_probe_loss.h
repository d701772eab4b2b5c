#ifndef AUDIT_PROBE_LOSS_H
#define AUDIT_PROBE_LOSS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Losses of one residual r = reconstruction - picture, in full scale.
typedef enum {
  AUDIT_PROBE_MSE = 0,    // r^2
  AUDIT_PROBE_MAE = 1,    // |r|
  AUDIT_PROBE_HUBER = 2,  // r^2 / 2 up to delta, delta (|r| - delta / 2) beyond
  AUDIT_PROBE_IMAE = 3,   // integral of exp(T p (1 - p)), p = 2^(-|r| / half), from 0 to |r|
} audit_probe_loss_kind;

/// The sum of a loss over one picture's `count` values, and its derivative by each value of the reconstruction.
///
/// `picture` holds 8-bit values, `reconstruction` full scale 0...1 (unlimited). `slope`, unless null, gets
/// psi(r) * scale. `delta` is Huber's; `steepness` (T) and `half` are imae's, and `table` holds its integral at
/// i / `steps`, i = 0...`steps`, read by linear interpolation; beyond 1 it goes on with slope 1.
double audit_probe_loss(audit_probe_loss_kind kind, const float *_Nonnull reconstruction,
                        const uint8_t *_Nonnull picture, size_t count, float *_Nullable slope, float scale,
                        float delta, float steepness, float half, const float *_Nullable table, size_t steps,
                        bool scalar);

/// Number of floats that `audit_probe_ssim` needs as `scratch`.
size_t audit_probe_ssim_scratch(size_t side);

/// 1 - SSIM of one RGB picture of `side` x `side`, mean over the valid region and the channels, and its derivative.
///
/// The window is a Gaussian of sigma 1.5 with `taps` weights (odd, at most `side`; normalised to sum 1) along rows
/// and columns; C1 = 0.0001, C2 = 0.0009. `slope`, unless null, gets the derivative times `scale`.
double audit_probe_ssim(const float *_Nonnull reconstruction, const uint8_t *_Nonnull picture, size_t side,
                        const float *_Nonnull window, size_t taps, float *_Nullable slope, float scale,
                        float *_Nonnull scratch);

#endif
