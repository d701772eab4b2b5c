#include "audit_quality.h"

#if defined(__x86_64__)
#define KERNEL __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define KERNEL
#endif

enum { SIDE = 128, LANES = 8, HALF = SIDE / 2 };
static const double full_scale = 255000;

typedef double lanes __attribute__((vector_size(LANES * sizeof(double)), aligned(8)));

// Eight transforms of length 128 at once, in place: element k of transform j stands at [k][j].
KERNEL static void transform(lanes *real, lanes *imaginary, const double *cosines, const double *sines) {
  for (unsigned i = 1, j = 0; i < SIDE; i++) {
    unsigned bit = SIDE / 2;
    for (; j & bit; bit /= 2) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    lanes r = real[i], m = imaginary[i];
    real[i] = real[j];
    imaginary[i] = imaginary[j];
    real[j] = r;
    imaginary[j] = m;
  }
  for (unsigned half = 1; half < SIDE; half *= 2) {
    for (unsigned start = 0; start < SIDE; start += 2 * half) {
      for (unsigned k = 0; k < half; k++) {
        unsigned a = start + k, b = a + half;
        double c = cosines[k * (HALF / half)], s = sines[k * (HALF / half)];
        lanes ar = real[a], ai = imaginary[a], br = real[b], bi = imaginary[b];
        lanes tr = br * c + bi * s, ti = bi * c - br * s;
        real[b] = ar - tr;
        imaginary[b] = ai - ti;
        real[a] = ar + tr;
        imaginary[a] = ai + ti;
      }
    }
  }
}

KERNEL static void windowed(const int32_t *row, double mean, double down, const double *restrict window,
                            double *restrict out) {
  for (unsigned x = 0; x < SIDE; x++) out[x] = ((double)row[x] - mean) / full_scale * down * window[x];
}

// The transforms of the rows, frequencies 0...63 across: element y of frequency k stands at [k][y].
static void rows(const int32_t *luma, double mean, const double *window, const double *cosines, const double *sines,
                 double *out_real, double *out_imaginary) {
  lanes real[SIDE], imaginary[SIDE];
  // Two real rows are the parts of one complex row: 64 transforms give 128.
  for (unsigned group = 0; group < SIDE / 2; group += LANES) {
    for (unsigned lane = 0; lane < LANES; lane++) {
      unsigned y = 2 * (group + lane);
      double even[SIDE], odd[SIDE];
      windowed(luma + y * SIDE, mean, window[y], window, even);
      windowed(luma + (y + 1) * SIDE, mean, window[y + 1], window, odd);
      for (unsigned x = 0; x < SIDE; x++) {
        real[x][lane] = even[x];
        imaginary[x][lane] = odd[x];
      }
    }
    transform(real, imaginary, cosines, sines);
    for (unsigned k = 0; k < HALF; k++) {
      unsigned mirror = (SIDE - k) % SIDE;
      lanes even_real = 0.5 * (real[k] + real[mirror]), even_imaginary = 0.5 * (imaginary[k] - imaginary[mirror]);
      lanes odd_real = 0.5 * (imaginary[k] + imaginary[mirror]), odd_imaginary = 0.5 * (real[mirror] - real[k]);
      for (unsigned lane = 0; lane < LANES; lane++) {
        unsigned y = k * SIDE + 2 * (group + lane);
        out_real[y] = even_real[lane];
        out_imaginary[y] = even_imaginary[lane];
        out_real[y + 1] = odd_real[lane];
        out_imaginary[y + 1] = odd_imaginary[lane];
      }
    }
  }
}

// The power of the transforms of eight columns from `first` on.
static void columns(const double *rows_real, const double *rows_imaginary, unsigned first, const double *cosines,
                    const double *sines, double *power) {
  lanes real[SIDE], imaginary[SIDE];
  for (unsigned y = 0; y < SIDE; y++) {
    for (unsigned lane = 0; lane < LANES; lane++) {
      real[y][lane] = rows_real[(first + lane) * SIDE + y];
      imaginary[y][lane] = rows_imaginary[(first + lane) * SIDE + y];
    }
  }
  transform(real, imaginary, cosines, sines);
  for (unsigned y = 0; y < SIDE; y++) {
    lanes squares = real[y] * real[y] + imaginary[y] * imaginary[y];
    for (unsigned lane = 0; lane < LANES; lane++) power[y * HALF + first + lane] = squares[lane];
  }
}

void audit_quality_rings(const int32_t *luma, double mean, const double *window, const double *cosines,
                         const double *sines, const uint16_t *places, const size_t *ends, size_t rings, double *work,
                         double *sums) {
  double *rows_real = work, *rows_imaginary = work + SIDE * SIDE, power[SIDE * HALF];
  rows(luma, mean, window, cosines, sines, rows_real, rows_imaginary);
  for (unsigned first = 0; first < HALF; first += LANES) {
    columns(rows_real, rows_imaginary, first, cosines, sines, power);
  }
  size_t at = 0;
  for (size_t ring = 0; ring < rings; ring++) {
    // Four sums by turns, which do not wait for one another.
    double parts[4] = {0};
    for (size_t start = at; at < ends[ring]; at++) {
      // The other half of the spectrum is its mirror.
      parts[(at - start) % 4] += places[at] % HALF ? 2 * power[places[at]] : power[places[at]];
    }
    sums[ring] = (parts[0] + parts[1]) + (parts[2] + parts[3]);
  }
}
