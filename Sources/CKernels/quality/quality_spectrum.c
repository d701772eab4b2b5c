#include "audit_quality.h"
#include "../kernel_clones.h"

enum { SIDE = 128, LANES = 8, HALF = SIDE / 2 };
static const double full_scale = 255000;

typedef double lanes __attribute__((vector_size(LANES * sizeof(double)), aligned(8)));

// (a, b) becomes (a + w b, a - w b), w a root of unity.
#define STEP(ar, ai, br, bi, c, s)                    \
  {                                                   \
    lanes tr = br * (c) + bi * (s), ti = bi * (c) - br * (s); \
    br = ar - tr;                                     \
    bi = ai - ti;                                     \
    ar = ar + tr;                                     \
    ai = ai + ti;                                     \
  }

// Where the values of a transform begin: the bits of a place from behind.
#define REVERSED4(k) k, k + 64, k + 32, k + 96
#define REVERSED16(k) REVERSED4(k), REVERSED4(k + 16), REVERSED4(k + 8), REVERSED4(k + 24)
#define REVERSED64(k) REVERSED16(k), REVERSED16(k + 4), REVERSED16(k + 2), REVERSED16(k + 6)
static const uint8_t reversed[SIDE] = {REVERSED64(0), REVERSED64(1)};

// Eight transforms of length 128 at once, in place: element k of transform j stands at [k][j]; before, element k stands at
// [reversed[k]][j].
CLONES static void transform(lanes *real, lanes *imaginary, const double *cosines, const double *sines) {
  // The first two steps, whose roots of unity are 1 and -i.
  for (unsigned start = 0; start < SIDE; start += 4) {
    lanes *r = real + start, *m = imaginary + start;
    lanes r0 = r[0] + r[1], r1 = r[0] - r[1], r2 = r[2] + r[3], r3 = r[2] - r[3];
    lanes m0 = m[0] + m[1], m1 = m[0] - m[1], m2 = m[2] + m[3], m3 = m[2] - m[3];
    r[0] = r0 + r2, r[2] = r0 - r2, r[1] = r1 + m3, r[3] = r1 - m3;
    m[0] = m0 + m2, m[2] = m0 - m2, m[1] = m1 - r3, m[3] = m1 + r3;
  }
  // Two steps at once, so that what lies between them stays in registers; the last one by itself.
  unsigned half = 4;
  for (; 2 * half < SIDE; half *= 4) {
    const unsigned apart = HALF / half;
    for (unsigned start = 0; start < SIDE; start += 4 * half) {
      for (unsigned k = 0; k < half; k++) {
        lanes *r = real + start + k, *m = imaginary + start + k;
        lanes r0 = r[0], r1 = r[half], r2 = r[2 * half], r3 = r[3 * half];
        lanes m0 = m[0], m1 = m[half], m2 = m[2 * half], m3 = m[3 * half];
        STEP(r0, m0, r1, m1, cosines[k * apart], sines[k * apart]);
        STEP(r2, m2, r3, m3, cosines[k * apart], sines[k * apart]);
        STEP(r0, m0, r2, m2, cosines[k * apart / 2], sines[k * apart / 2]);
        STEP(r1, m1, r3, m3, cosines[(k + half) * apart / 2], sines[(k + half) * apart / 2]);
        r[0] = r0, r[half] = r1, r[2 * half] = r2, r[3 * half] = r3;
        m[0] = m0, m[half] = m1, m[2 * half] = m2, m[3 * half] = m3;
      }
    }
  }
  for (unsigned k = 0; k < half; k++) {
    STEP(real[k], imaginary[k], real[k + half], imaginary[k + half], cosines[k], sines[k]);
  }
}

// Eight columns of the picture, windowed, from `first` on, for a transform.
CLONES static void windowed(const int32_t *luma, double mean, unsigned first, const double *window, lanes *out) {
  lanes across = *(const lanes *)(window + first) / full_scale;
  for (unsigned y = 0; y < SIDE; y++) {
    const int32_t *at = luma + y * SIDE + first;
    lanes values = {at[0], at[1], at[2], at[3], at[4], at[5], at[6], at[7]};
    out[reversed[y]] = (values - mean) * across * window[y];
  }
}

// The transforms of the columns, frequencies 0...63 down: element x of frequency k stands at [k][x].
CLONES static void columns(const int32_t *luma, double mean, const double *window, const double *cosines,
                           const double *sines, double *out_real, double *out_imaginary) {
  lanes real[SIDE], imaginary[SIDE];
  // Two real columns are the parts of one complex column: 64 transforms give 128.
  for (unsigned first = 0; first < SIDE; first += 2 * LANES) {
    windowed(luma, mean, first, window, real);
    windowed(luma, mean, first + LANES, window, imaginary);
    transform(real, imaginary, cosines, sines);
    for (unsigned k = 0; k < HALF; k++) {
      unsigned mirror = (SIDE - k) % SIDE;
      lanes *one = (lanes *)(out_real + k * SIDE + first), *other = (lanes *)(out_imaginary + k * SIDE + first);
      one[0] = 0.5 * (real[k] + real[mirror]);
      other[0] = 0.5 * (imaginary[k] - imaginary[mirror]);
      one[1] = 0.5 * (imaginary[k] + imaginary[mirror]);
      other[1] = 0.5 * (real[mirror] - real[k]);
    }
  }
}

// Eight rows of eight values become columns, each at its place.
CLONES static void transposed(const double *rows, const uint8_t places[LANES], lanes *out) {
  lanes a[LANES], b[LANES];
  for (unsigned k = 0; k < LANES; k++) a[k] = *(const lanes *)(rows + k * SIDE);
  for (unsigned k = 0; k < LANES; k += 2) {
    b[k] = __builtin_shufflevector(a[k], a[k + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    b[k + 1] = __builtin_shufflevector(a[k], a[k + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
  for (unsigned k = 0; k < LANES; k += 4) {
    for (unsigned j = k; j < k + 2; j++) {
      a[j] = __builtin_shufflevector(b[j], b[j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      a[j + 2] = __builtin_shufflevector(b[j], b[j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  }
  for (unsigned k = 0; k < LANES / 2; k++) {
    out[places[k]] = __builtin_shufflevector(a[k], a[k + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    out[places[k + 4]] = __builtin_shufflevector(a[k], a[k + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

// The power of eight frequencies down, from `first` on, at all across.
CLONES static void rows(const double *columns_real, const double *columns_imaginary, unsigned first,
                        const double *cosines, const double *sines, double *power) {
  lanes real[SIDE], imaginary[SIDE];
  for (unsigned x = 0; x < SIDE; x += LANES) {
    transposed(columns_real + first * SIDE + x, reversed + x, real);
    transposed(columns_imaginary + first * SIDE + x, reversed + x, imaginary);
  }
  transform(real, imaginary, cosines, sines);
  for (unsigned x = 0; x < SIDE; x++) {
    *(lanes *)(power + x * HALF + first) = real[x] * real[x] + imaginary[x] * imaginary[x];
  }
}

void audit_quality_rings(const int32_t *luma, double mean, const double *window, const double *cosines,
                         const double *sines, const uint16_t *places, const size_t *ends, size_t rings, double *work,
                         double *sums) {
  double *columns_real = work, *columns_imaginary = work + SIDE * SIDE, power[SIDE * HALF];
  columns(luma, mean, window, cosines, sines, columns_real, columns_imaginary);
  for (unsigned first = 0; first < HALF; first += LANES) {
    rows(columns_real, columns_imaginary, first, cosines, sines, power);
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
