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

/// Sums of 1 - similarity over a map: of contrast-structure alone and of luminance times contrast-structure.
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

/// What an energy spectrum adds up to: e^(3/2), e^2, and its largest e.
typedef struct {
  double cubed_amplitudes;
  double squared_energies;
  double largest;
} audit_energy_sums;

/// A discrete Fourier transform of one length by mixed radices. All pointers stay with the caller.
typedef struct {
  size_t length;
  size_t factor_count;
  /// Their product is the length; at most 31 each.
  const uint32_t *_Nonnull factors;
  /// Cosine and sine of 2 pi k / length.
  const double *_Nonnull cosines;
  const double *_Nonnull sines;
  /// Where frequency k stands after the radices have been worked off in place.
  const uint32_t *_Nonnull places;
} audit_mixed_radix;

/// A transform of any length: directly where `chirp_cosines` is null, else by Bluestein's convolution of
/// `inner.length` >= 2 length - 1 points.
typedef struct {
  size_t length;
  audit_mixed_radix inner;
  /// Where frequency k stands after a transform in place: `inner.places`, or k itself with a convolution.
  const uint32_t *_Nonnull places;
  /// Cosine and sine of pi k^2 / length.
  const double *_Nullable chirp_cosines;
  const double *_Nullable chirp_sines;
  /// Transform of the chirp, divided by inner.length.
  const double *_Nullable filter_real;
  const double *_Nullable filter_imaginary;
} audit_fourier;

typedef struct {
  /// Splits `count` pixels of interleaved RGB into three planes.
  void (*_Nonnull split)(const uint8_t *_Nonnull rgb, size_t count, uint8_t *_Nonnull red, uint8_t *_Nonnull green,
                         uint8_t *_Nonnull blue);
  /// Codes as floats.
  void (*_Nonnull widen)(const uint8_t *_Nonnull codes, size_t count, float *_Nonnull out);
  /// Residuals image - reference with a frame of one repeated edge pixel: (width + 2) x (height + 2).
  void (*_Nonnull residuals)(const uint8_t *_Nonnull image, const uint8_t *_Nonnull reference, size_t width,
                             size_t height, int16_t *_Nonnull out);
  /// Residuals as doubles; rows of `in` are `stride` apart.
  void (*_Nonnull widen_residuals)(const int16_t *_Nonnull in, size_t stride, size_t width, size_t height,
                                   double *_Nonnull out);
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
  /// `window` holds the weights of distance 0...5; c1 and c2 are in squared units of the planes. Rows of the planes
  /// are `stride` apart. Sides from 11. Up to 16 floats behind the last row may be read (and are not used).
  audit_ssim_sums (*_Nonnull ssim)(const float *_Nonnull image, const float *_Nonnull reference, size_t stride,
                                   size_t width, size_t height, const double *_Nonnull window, double c1, double c2);
  /// SSIM with a 7 x 7 box and sample covariances over the valid region, on codes; c1 and c2 in squared codes. The
  /// window sums are whole numbers. Sides from 7. Returns the sum of the map.
  double (*_Nonnull uniform_ssim)(const uint8_t *_Nonnull image, const uint8_t *_Nonnull reference, size_t width,
                                  size_t height, double c1, double c2);
  /// Means of 2 x 2 blocks; an odd side is first extended by repeating its last row or column.
  void (*_Nonnull halve)(const float *_Nonnull plane, size_t width, size_t height, float *_Nonnull out);

  /// Sums of 2 x 2 blocks of `plane` into `out`, which has a frame of one zero on each side and rows of
  /// (width + 1) / 2 + 2; an odd last row or column is summed with zeros.
  void (*_Nonnull framed_sums)(const float *_Nonnull plane, size_t width, size_t height, float *_Nonnull out);
  /// Gradient magnitude dissimilarity (g - h)^2 / (g^2 + h^2 + c) of two framed planes, width x height inside the
  /// frame, with Prewitt sums as gradients; into `out`, width x height.
  void (*_Nonnull gradient_dissimilarity)(const float *_Nonnull image, const float *_Nonnull reference, size_t width,
                                          size_t height, double c, double *_Nonnull out);
  /// Sums of u = (a - b)^2 / (a^2 + b^2 + c) and of u^2 over both directions, a and b being signed 5 x 5 gradients of
  /// image and reference. The planes have a frame of two pixels around width x height. `taps` holds, for the inner
  /// and the outer line of the kernel, the weights at distance 0, 1 and 2.
  void (*_Nonnull directional_dissimilarity)(const float *_Nonnull image, const float *_Nonnull reference,
                                             size_t width, size_t height, const double *_Nonnull taps, double c,
                                             double *_Nonnull sums);
  /// Sum of (value - centre)^power, power 1 or 2.
  double (*_Nonnull power_sum)(const double *_Nonnull values, size_t count, double centre, int power);
  /// Sum of |value|.
  double (*_Nonnull magnitude_sum)(const double *_Nonnull values, size_t count);
  /// Sums over framed residuals of functions of their derivatives, given as tables over the magnitude of the first
  /// differences over two pixels (`half`, 511 entries), of the second differences (`whole`, 1021) and of the mixed
  /// differences of the four diagonal neighbours (`quarter`, 1021): of both axes' first and second ones, and of the
  /// mixed ones.
  void (*_Nonnull derivative_sums)(const int16_t *_Nonnull framed, size_t width, size_t height,
                                   const double *_Nonnull half, const double *_Nonnull whole,
                                   const double *_Nonnull quarter, double *_Nonnull sums);

  /// One level of the Laplacian pyramid: blurs with a symmetric 5-tap kernel (`taps` at distance 0, 1, 2; edges
  /// repeated), returns the sum of |plane - blurred| and writes the 2 x 2 means of the blurred plane, an odd last row
  /// or column dropped. `scratch` holds 8 (width + 7) numbers.
  double (*_Nonnull pyramid_level)(const double *_Nonnull plane, size_t width, size_t height,
                                   const double *_Nonnull taps, double *_Nonnull scratch, double *_Nonnull half);

  /// Eight transforms at once, in place and in order: element k of transform j stands at [8 k + j]. `work` holds
  /// 32 x inner.length doubles.
  void (*_Nonnull fourier)(const audit_fourier *_Nonnull plan, double *_Nonnull real, double *_Nonnull imaginary,
                           double *_Nonnull work);
  /// |D|^2 of the two-dimensional transform D of a real residual plane, for the rows 0...height / 2 of the spectrum.
  /// `energies` holds ceil((height / 2 + 1) / 8) blocks of width x 8 numbers: row 8 b + j of the column at place x
  /// stands at [(b width + x) 8 + j], rows that do not exist being 0; the places of columns are those of `across`.
  /// `work` holds 48 x the larger inner.length, and `rows` twice as many numbers as `energies`.
  void (*_Nonnull half_spectrum)(const int16_t *_Nonnull residuals, size_t stride, size_t width, size_t height,
                                 const audit_fourier *_Nonnull down, const audit_fourier *_Nonnull across,
                                 double scale, double *_Nonnull work, double *_Nonnull rows,
                                 double *_Nonnull energies);
  /// Sums over the whole spectrum from its half, each row counted as often as it occurs.
  audit_energy_sums (*_Nonnull energy_sums)(const double *_Nonnull energies, size_t width, size_t height);

  /// Linear light of three planes of codes by `table`, as luminance y and the opponents x - y and y - z, where x, y, z
  /// are relative to white; 9 `weights` turn linear RGB into x, y, z.
  void (*_Nonnull flip_decode)(const uint8_t *_Nonnull red, const uint8_t *_Nonnull green,
                               const uint8_t *_Nonnull blue, size_t count, const float *_Nonnull table,
                               const float *_Nonnull weights, float *_Nonnull luminance, float *_Nonnull red_green,
                               float *_Nonnull yellow_blue);
  /// Convolution along x with repeated edges. `taps` holds the weights at distance 0...radius. `kind` 0: symmetric;
  /// 1: antisymmetric, the side after minus the side before; 2: symmetric with sum 0, computed from differences to the
  /// centre. `scratch` holds width + 2 radius + 64 floats.
  void (*_Nonnull filter_across)(const float *_Nonnull plane, size_t width, size_t height, const float *_Nonnull taps,
                                 size_t radius, int kind, float *_Nonnull scratch, float *_Nonnull out);
  /// The same along y; added to `out` where `adds` is 1. 64 floats behind `plane` may be read (and are not used).
  void (*_Nonnull filter_down)(const float *_Nonnull plane, size_t width, size_t height, const float *_Nonnull taps,
                               size_t radius, int kind, int adds, float *_Nonnull out);
  /// FLIP's feature difference from first derivatives (x, y) and second derivatives (x, y) of both images, four planes
  /// each that lie `distance` apart.
  void (*_Nonnull flip_features)(const float *_Nonnull image, const float *_Nonnull reference, size_t count,
                                 size_t distance, float *_Nonnull out);
  /// Sum of the FLIP map, from three filtered planes of each image (`distance` apart) and the feature differences.
  /// `to_rgb` and `to_xyz` are 3 x 3 matrices between x, y, z relative to white and linear RGB; `limit` and `largest`
  /// are the powers of the colour difference that map to 0.95 and to 1.
  double (*_Nonnull flip_map)(const float *_Nonnull image, const float *_Nonnull reference,
                              const float *_Nonnull features, size_t count, size_t distance,
                              const float *_Nonnull to_rgb, const float *_Nonnull to_xyz, float limit,
                              float largest);
} audit_metric_kernels;

/// The kernels for this processor.
extern const audit_metric_kernels audit_metric_kernels_fast;
/// The same without vectors.
extern const audit_metric_kernels audit_metric_kernels_scalar;
