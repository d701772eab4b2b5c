#include "audit_quality.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#define KERNEL __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define KERNEL
#endif

enum { SMALL = 64, CELLS = 8, BINS = 9 };
static const double full_scale = 255000, pi = 3.14159265358979323846;

// atan of 0...1: halved twice, then Taylor's series, whose first term left out is below 1e-17.
static inline __attribute__((always_inline)) double arc(double t) {
  t = t / (1 + sqrt(1 + t * t));
  t = t / (1 + sqrt(1 + t * t));
  double z = t * t, sum = 0;
  for (int n = 23; n >= 3; n -= 2) sum = -(sum + 1.0 / n) * z;
  return 4 * (t + t * sum);
}

static inline __attribute__((always_inline)) double orientation(double y, double x) {
  double a = fabs(x), b = fabs(y), less = b <= a ? b : a, more = b <= a ? a : b;
  double angle = arc(less / (more > 0 ? more : 1));
  angle = b <= a ? angle : pi / 2 - angle;
  angle = (x < 0) != (y < 0) ? pi - angle : angle;
  double place = angle / pi * BINS;
  // What lies along the axis is undirected.
  return y == 0 || place >= BINS ? 0 : place;
}

double audit_quality_orientation(double y, double x) { return orientation(y, x); }

// Size and direction of the steps in a row; at the ends there is one neighbour.
KERNEL static void gradients(const int32_t *up, const int32_t *here, const int32_t *below, double rows_apart,
                             double *restrict sizes, double *restrict places) {
  double across[SMALL];
  across[0] = (double)(here[1] - here[0]);
  across[SMALL - 1] = (double)(here[SMALL - 1] - here[SMALL - 2]);
  for (size_t x = 1; x + 1 < SMALL; x++) across[x] = (double)(here[x + 1] - here[x - 1]) / 2;
  for (size_t x = 0; x < SMALL; x++) {
    double gx = across[x], gy = (double)(below[x] - up[x]) / rows_apart;
    sizes[x] = sqrt(gx * gx + gy * gy) / full_scale;
    places[x] = orientation(gy, gx);
  }
}

static void vote(double *histogram, double place, double size) {
  size_t low = (size_t)place;
  double rest = place - (double)low;
  histogram[low] += size * (1 - rest);
  histogram[low + 1 < BINS ? low + 1 : 0] += size * rest;
}

void audit_quality_gradients(const int32_t *luma, double upright[576], double quarter[576]) {
  memset(upright, 0, 576 * sizeof *upright);
  memset(quarter, 0, 576 * sizeof *quarter);
  for (size_t y = 0; y < SMALL; y++) {
    size_t up = y > 0 ? y - 1 : 0, below = y + 1 < SMALL ? y + 1 : y;
    double sizes[SMALL], places[SMALL];
    gradients(luma + up * SMALL, luma + y * SMALL, luma + below * SMALL, (double)(below - up), sizes, places);
    for (size_t x = 0; x < SMALL; x++) {
      size_t cell = (y / CELLS * CELLS + x / CELLS) * BINS;
      double turned = places[x] + 0.5 * BINS;
      vote(upright + cell, places[x], sizes[x]);
      vote(quarter + cell, turned < BINS ? turned : turned - BINS, sizes[x]);
    }
  }
}

void audit_quality_normalise(const double raw[576], double out[576]) {
  double squares[CELLS + 2][CELLS + 2];
  for (size_t y = 0; y < CELLS + 2; y++) {
    for (size_t x = 0; x < CELLS + 2; x++) {
      size_t row = y == 0 ? 0 : y > CELLS ? CELLS - 1 : y - 1, column = x == 0 ? 0 : x > CELLS ? CELLS - 1 : x - 1;
      double sum = 0;
      for (size_t bin = 0; bin < BINS; bin++) {
        double value = raw[(row * CELLS + column) * BINS + bin];
        sum += value * value;
      }
      squares[y][x] = sum;
    }
  }
  for (size_t y = 0; y < CELLS; y++) {
    for (size_t x = 0; x < CELLS; x++) {
      double sum = 0;
      for (size_t dy = 0; dy < 3; dy++) {
        for (size_t dx = 0; dx < 3; dx++) sum += squares[y + dy][x + dx];
      }
      double norm = sqrt(sum) + 1e-3;
      for (size_t bin = 0; bin < BINS; bin++) {
        double value = raw[(y * CELLS + x) * BINS + bin] / norm;
        out[(y * CELLS + x) * BINS + bin] = value < 0.4 ? value : 0.4;
      }
    }
  }
}
