#include "audit_quality.h"
#include "../kernel_clones.h"

#include <math.h>
#include <string.h>

enum { SMALL = 64, CELLS = 8, BINS = 9 };
static const double full_scale = 255000, pi = 3.14159265358979323846;

// tan(pi / 8).
static const double eighth = 0.41421356237309504880;

// atan of a tangent up to tan(pi / 8) in size: Taylor's series, whose first term left out is below 1e-14.
INLINED double arc(double t) {
  double z = t * t, sum = 0;
  for (int n = 31; n >= 3; n -= 2) sum = -(sum + 1.0 / n) * z;
  return t + t * sum;
}

INLINED double orientation(double y, double x) {
  double a = fabs(x), b = fabs(y), less = b <= a ? b : a, more = b <= a ? a : b;
  // The angle less pi / 8, by the tangent of a difference.
  double whole = more + eighth * less;
  double angle = arc((less - eighth * more) / (whole > 0 ? whole : 1)) + pi / 8;
  angle = b <= a ? angle : pi / 2 - angle;
  angle = (x < 0) != (y < 0) ? pi - angle : angle;
  double place = angle * (BINS / pi);
  // What lies along the axis is undirected.
  return y == 0 || place >= BINS ? 0 : place;
}

double audit_quality_orientation(double y, double x) { return orientation(y, x); }

// Size and direction of the steps in a row; at the ends there is one neighbour. `down` is 1 over the rows between `up` and
// `below`.
CLONES static void gradients(const int32_t *up, const int32_t *here, const int32_t *below, double down,
                             double *restrict sizes, double *restrict places) {
  double across[SMALL];
  across[0] = (double)(here[1] - here[0]);
  across[SMALL - 1] = (double)(here[SMALL - 1] - here[SMALL - 2]);
  for (size_t x = 1; x + 1 < SMALL; x++) across[x] = (double)(here[x + 1] - here[x - 1]) / 2;
  for (size_t x = 0; x < SMALL; x++) {
    double gx = across[x], gy = (double)(below[x] - up[x]) * down;
    sizes[x] = sqrt(gx * gx + gy * gy) * (1 / full_scale);
    places[x] = orientation(gy, gx);
  }
}

// Of the directions in each half of a bin: their sizes, and these times how far they lie from the beginning of the bin.
typedef struct {
  double sizes[2 * BINS], parts[2 * BINS];
} votes;

static void add_votes(const double *sizes, const double *places, votes votes[CELLS]) {
  for (size_t x = 0; x < SMALL; x++) {
    size_t half = (size_t)(2 * places[x]);
    votes[x / CELLS].sizes[half] += sizes[x];
    votes[x / CELLS].parts[half] += sizes[x] * (places[x] - (double)(half / 2));
  }
}

// A direction votes for the bin that it lies in and for the next one, the nearer it lies to that the more. Half a bin is
// 4.5 bins further on the other half of a bin.
static void share_out(const votes *votes, double *upright, double *quarter) {
  for (size_t bin = 0; bin < BINS; bin++) {
    double first = votes->sizes[2 * bin], second = votes->sizes[2 * bin + 1];
    double part = votes->parts[2 * bin], further = votes->parts[2 * bin + 1];
    upright[bin] += first + second - part - further;
    upright[(bin + 1) % BINS] += part + further;
    quarter[(bin + 4) % BINS] += 0.5 * first - part;
    quarter[(bin + 5) % BINS] += 0.5 * first + part + 1.5 * second - further;
    quarter[(bin + 6) % BINS] += further - 0.5 * second;
  }
}

void audit_quality_gradients(const int32_t *luma, double upright[576], double quarter[576]) {
  memset(upright, 0, 576 * sizeof *upright);
  memset(quarter, 0, 576 * sizeof *quarter);
  for (size_t top = 0; top < SMALL; top += CELLS) {
    votes votes[CELLS];
    memset(votes, 0, sizeof votes);
    for (size_t y = top; y < top + CELLS; y++) {
      size_t up = y > 0 ? y - 1 : 0, below = y + 1 < SMALL ? y + 1 : y;
      double sizes[SMALL], places[SMALL];
      gradients(luma + up * SMALL, luma + y * SMALL, luma + below * SMALL, below - up == 2 ? 0.5 : 1, sizes, places);
      add_votes(sizes, places, votes);
    }
    for (size_t cell = 0; cell < CELLS; cell++) {
      size_t at = (top + cell) * BINS;
      share_out(votes + cell, upright + at, quarter + at);
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
