#include "audit_quality.h"

#if defined(__x86_64__)
#define KERNEL __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define KERNEL
#endif

enum { SIDE = 128, LANES = 8, HALF = 64 };

// Eight transforms of length 128 at once, in place: element k of transform j stands at [k][j].
KERNEL static void transform(double (*real)[LANES], double (*imaginary)[LANES], const double *cosines,
                             const double *sines) {
  for (unsigned i = 1, j = 0; i < SIDE; i++) {
    unsigned bit = SIDE / 2;
    for (; j & bit; bit /= 2) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    for (unsigned lane = 0; lane < LANES; lane++) {
      double r = real[i][lane], m = imaginary[i][lane];
      real[i][lane] = real[j][lane];
      imaginary[i][lane] = imaginary[j][lane];
      real[j][lane] = r;
      imaginary[j][lane] = m;
    }
  }
  for (unsigned half = 1; half < SIDE; half *= 2) {
    for (unsigned start = 0; start < SIDE; start += 2 * half) {
      for (unsigned k = 0; k < half; k++) {
        double c = cosines[k * (HALF / half)], s = sines[k * (HALF / half)];
        double *ar = real[start + k], *ai = imaginary[start + k];
        double *br = real[start + k + half], *bi = imaginary[start + k + half];
        for (unsigned lane = 0; lane < LANES; lane++) {
          double tr = br[lane] * c + bi[lane] * s, ti = bi[lane] * c - br[lane] * s;
          br[lane] = ar[lane] - tr;
          bi[lane] = ai[lane] - ti;
          ar[lane] += tr;
          ai[lane] += ti;
        }
      }
    }
  }
}

void audit_quality_power(const double *plane, const double *cosines, const double *sines, double *work,
                         double *power) {
  double real[SIDE][LANES], imaginary[SIDE][LANES];
  double *rows_real = work, *rows_imaginary = work + SIDE * SIDE;
  // Two real rows are the parts of one complex row: 64 transforms give 128.
  for (unsigned group = 0; group < SIDE / 2; group += LANES) {
    for (unsigned lane = 0; lane < LANES; lane++) {
      const double *row = plane + 2 * (group + lane) * SIDE;
      for (unsigned x = 0; x < SIDE; x++) {
        real[x][lane] = row[x];
        imaginary[x][lane] = row[SIDE + x];
      }
    }
    transform(real, imaginary, cosines, sines);
    for (unsigned lane = 0; lane < LANES; lane++) {
      unsigned even = 2 * (group + lane), odd = even + 1;
      for (unsigned k = 0; k < HALF; k++) {
        unsigned mirror = (SIDE - k) % SIDE;
        double r = real[k][lane], m = imaginary[k][lane], r2 = real[mirror][lane], m2 = imaginary[mirror][lane];
        rows_real[k * SIDE + even] = 0.5 * (r + r2);
        rows_imaginary[k * SIDE + even] = 0.5 * (m - m2);
        rows_real[k * SIDE + odd] = 0.5 * (m + m2);
        rows_imaginary[k * SIDE + odd] = 0.5 * (r2 - r);
      }
    }
  }
  for (unsigned group = 0; group < HALF; group += LANES) {
    for (unsigned lane = 0; lane < LANES; lane++) {
      for (unsigned y = 0; y < SIDE; y++) {
        real[y][lane] = rows_real[(group + lane) * SIDE + y];
        imaginary[y][lane] = rows_imaginary[(group + lane) * SIDE + y];
      }
    }
    transform(real, imaginary, cosines, sines);
    for (unsigned y = 0; y < SIDE; y++) {
      for (unsigned lane = 0; lane < LANES; lane++) {
        power[y * HALF + group + lane] =
            real[y][lane] * real[y][lane] + imaginary[y][lane] * imaginary[y][lane];
      }
    }
  }
}
