#include <string.h>

#include "audit_probe_loss.h"
#include "../kernel_clones.h"

// Planes of side x side floats: reconstruction, picture, two products, one for the passes, five filtered.
enum { PLANES = 10 };

size_t audit_probe_ssim_scratch(size_t side) { return PLANES * side * side; }

/// Windowed means at the `small` x `small` places where the window fits: out is packed, `pass` is scratch.
INLINED void filter(float *restrict out, const float *restrict in, float *restrict pass, size_t side,
                   const float *restrict window, size_t taps) {
  const size_t small = side - taps + 1;
  for (size_t i = 0; i < small; i++) {
    float *row = pass + i * side;
    for (size_t j = 0; j < side; j++) row[j] = window[0] * in[i * side + j];
    for (size_t t = 1; t < taps; t++)
      for (size_t j = 0; j < side; j++) row[j] += window[t] * in[(i + t) * side + j];
  }
  for (size_t i = 0; i < small; i++) {
    float *to = out + i * small;
    const float *row = pass + i * side;
    for (size_t j = 0; j < small; j++) to[j] = window[0] * row[j];
    for (size_t t = 1; t < taps; t++)
      for (size_t j = 0; j < small; j++) to[j] += window[t] * row[j + t];
  }
}

/// The transpose of `filter`: spreads `small` x `small` values back over the plane.
INLINED void spread(float *restrict out, const float *restrict in, float *restrict pass, size_t side,
                   const float *restrict window, size_t taps) {
  const size_t small = side - taps + 1;
  memset(pass, 0, small * side * sizeof(float));
  for (size_t i = 0; i < small; i++)
    for (size_t t = 0; t < taps; t++) {
      float *row = pass + i * side + t;
      for (size_t j = 0; j < small; j++) row[j] += window[t] * in[i * small + j];
    }
  memset(out, 0, side * side * sizeof(float));
  for (size_t i = 0; i < small; i++)
    for (size_t t = 0; t < taps; t++) {
      float *row = out + (i + t) * side;
      for (size_t j = 0; j < side; j++) row[j] += window[t] * pass[i * side + j];
    }
}

INLINED double channel(const float *reconstruction, const uint8_t *picture, size_t side, const float *window,
                      size_t taps, float *slope, float scale, float *scratch) {
  const size_t all = side * side, small = side - taps + 1, places = small * small;
  float *x = scratch, *y = x + all, *xx = y + all, *xy = xx + all, *pass = xy + all;
  float *mean_x = pass + all, *mean_y = mean_x + all, *both = mean_y + all, *product = both + all;
  float *by_product = product + all;
  // Variances do not change when a constant is taken off first, and single precision then keeps their digits.
  float centre = 0;
  for (size_t i = 0; i < all; i++) centre += (float)picture[3 * i];
  centre /= 255.0f * (float)all;
  for (size_t i = 0; i < all; i++) {
    x[i] = reconstruction[3 * i] - centre;
    y[i] = (float)picture[3 * i] * (1.0f / 255.0f) - centre;
    xx[i] = x[i] * x[i] + y[i] * y[i];
    xy[i] = x[i] * y[i];
  }
  filter(mean_x, x, pass, side, window, taps);
  filter(mean_y, y, pass, side, window, taps);
  filter(both, xx, pass, side, window, taps);
  filter(product, xy, pass, side, window, taps);
  // map = a1 a2 / (b1 b2); its derivatives by the mean, the sum of variances and the covariance replace the planes.
  double sum = 0;
  for (size_t i = 0; i < places; i++) {
    const float u = mean_x[i] + centre, v = mean_y[i] + centre;
    const float a1 = 2.0f * u * v + 1e-4f, b1 = u * u + v * v + 1e-4f;
    const float a2 = 2.0f * (product[i] - mean_x[i] * mean_y[i]) + 9e-4f;
    const float b2 = both[i] - mean_x[i] * mean_x[i] - mean_y[i] * mean_y[i] + 9e-4f;
    const float below = 1.0f / (b1 * b2), map = a1 * a2 * below;
    sum += (double)map;
    const float by_variance = -map / b2, by_covariance = 2.0f * a1 * below;
    const float by_mean = 2.0f * v * a2 * below - 2.0f * u * map / b1;
    // The variance is the mean of squares minus the squared mean, so the mean enters twice more.
    by_product[i] = by_mean - 2.0f * by_variance * mean_x[i] - by_covariance * mean_y[i];
    both[i] = by_variance;
    product[i] = by_covariance;
  }
  if (slope) {
    const float each = -scale / (3.0f * (float)places);
    spread(mean_x, by_product, pass, side, window, taps);
    spread(xx, both, pass, side, window, taps);
    spread(xy, product, pass, side, window, taps);
    for (size_t i = 0; i < all; i++) slope[3 * i] = each * (mean_x[i] + 2.0f * x[i] * xx[i] + y[i] * xy[i]);
  }
  return sum / (double)places;
}

CLONES double audit_probe_ssim(const float *reconstruction, const uint8_t *picture, size_t side, const float *window,
                               size_t taps, float *slope, float scale, float *scratch) {
  double sum = 0;
  for (size_t c = 0; c < 3; c++)
    sum += channel(reconstruction + c, picture + c, side, window, taps, slope ? slope + c : 0, scale, scratch);
  return 1.0 - sum / 3.0;
}
