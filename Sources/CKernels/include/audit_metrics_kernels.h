#pragma once
#include <stddef.h>
#include <stdint.h>

// The loops over pixels of AuditMetrics.
//
// Every kernel exists twice from one source (metrics_bodies.h): `fast`, compiled for several vector widths of which
// the widest that the processor has is taken at start, and `scalar`, compiled without vectors, the oracle of the
// tests. Both give the same bits, because each sum is kept in eight lanes (element i goes to lane i % 8) that are
// added in one fixed order, and because no multiply-add is contracted.
//
// Planes are one channel, row by row, without padding. Codes are 0...255. Nothing here allocates or keeps memory.

/// Sums of a similarity map: of contrast-structure alone and of luminance times contrast-structure.
typedef struct {
  double contrast;
  double similarity;
} audit_ssim_sums;

/// Sums over codes: (image - reference) / max(reference, 1), |image - reference| / max(reference, 1) and
/// |image - reference| / max(image + reference, 1).
typedef struct {
  double signed_ratio;
  double absolute_ratio;
  double symmetric_ratio;
} audit_ratio_sums;

typedef struct {
  /// Splits `count` pixels of interleaved RGB into three planes.
  void (*_Nonnull split)(const uint8_t *_Nonnull rgb, size_t count, uint8_t *_Nonnull red, uint8_t *_Nonnull green,
                         uint8_t *_Nonnull blue);
  /// Codes as floats.
  void (*_Nonnull widen)(const uint8_t *_Nonnull codes, size_t count, float *_Nonnull out);
  /// Adds the residuals image - reference to `bins[residual + 255]`, 511 bins; count < 2^31.
  void (*_Nonnull histogram)(const uint8_t *_Nonnull image, const uint8_t *_Nonnull reference, size_t count,
                             uint32_t *_Nonnull bins);
  audit_ratio_sums (*_Nonnull ratios)(const uint8_t *_Nonnull image, const uint8_t *_Nonnull reference, size_t count);
  /// Sum of the absolute code differences of all horizontal and all vertical neighbours.
  uint64_t (*_Nonnull neighbours)(const uint8_t *_Nonnull codes, size_t width, size_t height);
  /// 299 red + 587 green + 114 blue: luma in thousandths of a code, a whole number below 2^24, so exact.
  void (*_Nonnull luma)(const uint8_t *_Nonnull red, const uint8_t *_Nonnull green, const uint8_t *_Nonnull blue,
                        size_t count, float *_Nonnull out);
  /// SSIM with a symmetric 11-tap window over the valid region, (width - 10) x (height - 10) positions.
  /// `window` holds the weights of distance 0...5; c1 and c2 are in squared units of the planes. Sides from 11.
  audit_ssim_sums (*_Nonnull ssim)(const float *_Nonnull image, const float *_Nonnull reference, size_t width,
                                   size_t height, const double *_Nonnull window, double c1, double c2);
  /// Sums of 2 x 2 blocks of `plane` into `out`, which has a frame of one zero on each side and rows of
  /// (width + 1) / 2 + 2; an odd last row or column is summed with zeros.
  void (*_Nonnull framed_sums)(const float *_Nonnull plane, size_t width, size_t height, float *_Nonnull out);
  /// Gradient magnitude dissimilarity (g - h)^2 / (g^2 + h^2 + c) of two framed planes, width x height inside the
  /// frame, with Prewitt sums as gradients; into `out`, width x height.
  void (*_Nonnull gradient_dissimilarity)(const float *_Nonnull image, const float *_Nonnull reference, size_t width,
                                          size_t height, double c, double *_Nonnull out);
  /// Sum of (value - centre)^power, power 1 or 2.
  double (*_Nonnull power_sum)(const double *_Nonnull values, size_t count, double centre, int power);
} audit_metric_kernels;

/// The kernels for this processor.
extern const audit_metric_kernels audit_metric_kernels_fast;
/// The same without vectors.
extern const audit_metric_kernels audit_metric_kernels_scalar;
