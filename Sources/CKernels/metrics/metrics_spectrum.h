// Discrete Fourier transforms, eight at a time: element k of transform j stands at [8 k + j].
//
// They work in place, so that a block of eight transforms stays in the first cache, and leave the frequencies in the
// order of reversed digits: frequency k stands at place plan->places[k].

typedef struct {
  double *real;
  double *imaginary;
} complex_rows;

// What follows a butterfly: times e^(-i angle) = c - i w, and away with it.
#define PUT(place, re, im, c, w)                                              \
  STORE(x.real + (place), ADD(MUL(re, SPLAT(c)), MUL(im, SPLAT(w))));          \
  STORE(x.imaginary + (place), SUB(MUL(im, SPLAT(c)), MUL(re, SPLAT(w))))

#define PUT_PLAIN(place, re, im)  \
  STORE(x.real + (place), re);     \
  STORE(x.imaginary + (place), im)

// Inputs and outputs of a butterfly lie `m` elements apart; turns are the twiddles' places in the table of roots.
INLINE void radix2(complex_rows x, size_t at, size_t m, size_t turn, const audit_mixed_radix *plan) {
  lanes ar = LOAD(x.real + at), ai = LOAD(x.imaginary + at);
  lanes br = LOAD(x.real + at + 8 * m), bi = LOAD(x.imaginary + at + 8 * m);
  PUT_PLAIN(at, ADD(ar, br), ADD(ai, bi));
  lanes dr = SUB(ar, br), di = SUB(ai, bi);
  PUT(at + 8 * m, dr, di, plan->cosines[turn], plan->sines[turn]);
}

#define FOUR_SUMS                                                                              \
  lanes ar = LOAD(x.real + at), ai = LOAD(x.imaginary + at);                                   \
  lanes br = LOAD(x.real + at + 8 * m), bi = LOAD(x.imaginary + at + 8 * m);                   \
  lanes cr = LOAD(x.real + at + 16 * m), ci = LOAD(x.imaginary + at + 16 * m);                 \
  lanes dr = LOAD(x.real + at + 24 * m), di = LOAD(x.imaginary + at + 24 * m);                 \
  lanes acr = ADD(ar, cr), aci = ADD(ai, ci), bdr = ADD(br, dr), bdi = ADD(bi, di);            \
  lanes amr = SUB(ar, cr), ami = SUB(ai, ci), bmr = SUB(br, dr), bmi = SUB(bi, di);            \
  PUT_PLAIN(at, ADD(acr, bdr), ADD(aci, bdi));                                                 \
  /* -i (b - d) has the parts (b - d).imaginary and -(b - d).real. */                          \
  lanes er = ADD(amr, bmi), ei = SUB(ami, bmr), fr = SUB(acr, bdr), fi = SUB(aci, bdi);        \
  lanes gr = SUB(amr, bmi), gi = ADD(ami, bmr)

INLINE void radix4(complex_rows x, size_t at, size_t m, const double *restrict c, const double *restrict w) {
  FOUR_SUMS;
  PUT(at + 8 * m, er, ei, c[1], w[1]);
  PUT(at + 16 * m, fr, fi, c[2], w[2]);
  PUT(at + 24 * m, gr, gi, c[3], w[3]);
}

INLINE void radix4_plain(complex_rows x, size_t at, size_t m) {
  FOUR_SUMS;
  PUT_PLAIN(at + 8 * m, er, ei);
  PUT_PLAIN(at + 16 * m, fr, fi);
  PUT_PLAIN(at + 24 * m, gr, gi);
}

enum { LARGEST_RADIX = 31 };

INLINE void radix_any(complex_rows x, size_t at, size_t m, size_t p, size_t turn, const audit_mixed_radix *plan) {
  size_t root = plan->length / p;
  double real[8 * LARGEST_RADIX], imaginary[8 * LARGEST_RADIX];
  for (size_t j = 0; j < p; j++) {
    STORE(real + 8 * j, LOAD(x.real + at + 8 * m * j));
    STORE(imaginary + 8 * j, LOAD(x.imaginary + at + 8 * m * j));
  }
  for (size_t t = 0; t < p; t++) {
    lanes re = LOAD(real), im = LOAD(imaginary);
    for (size_t j = 1; j < p; j++) {
      size_t index = j * t % p * root;
      lanes c = SPLAT(plan->cosines[index]), w = SPLAT(plan->sines[index]);
      lanes xr = LOAD(real + 8 * j), xi = LOAD(imaginary + 8 * j);
      re = ADD(re, ADD(MUL(xr, c), MUL(xi, w)));
      im = ADD(im, SUB(MUL(xi, c), MUL(xr, w)));
    }
    PUT(at + 8 * m * t, re, im, plan->cosines[turn * t], plan->sines[turn * t]);
  }
}

INLINE void mixed_radix(const audit_mixed_radix *plan, complex_rows x) {
  size_t length = plan->length, n = length;
  for (size_t f = 0; f < plan->factor_count; f++) {
    size_t p = plan->factors[f], m = n / p, s = length / n;
    for (size_t k = 0; k < m; k++) {
      double c[4] = {1}, w[4] = {0};
      for (size_t t = 1; p == 4 && t < 4; t++) c[t] = plan->cosines[k * t * s], w[t] = plan->sines[k * t * s];
      if (p == 4 && k == 0) {
        for (size_t at = 0; at < 8 * length; at += 8 * n) radix4_plain(x, at, m);
      } else if (p == 4) {
        for (size_t at = 8 * k; at < 8 * length; at += 8 * n) radix4(x, at, m, c, w);
      } else if (p == 2) {
        for (size_t at = 8 * k; at < 8 * length; at += 8 * n) radix2(x, at, m, k * s, plan);
      } else {
        for (size_t at = 8 * k; at < 8 * length; at += 8 * n) radix_any(x, at, m, p, k * s, plan);
      }
    }
    n = m;
  }
}

// Transforms `data` in place: frequency k comes to stand at place plan->places[k]. `work` holds 32 x inner.length.
INLINE void transform(const audit_fourier *plan, complex_rows data, double *restrict work) {
  const audit_mixed_radix *inner = &plan->inner;
  if (plan->chirp_cosines == NULL) {
    mixed_radix(inner, data);
    return;
  }
  // Bluestein: k j = (k^2 + j^2 - (k - j)^2) / 2 makes the transform a convolution with a chirp.
  const double *cosines = plan->chirp_cosines, *sines = plan->chirp_sines;
  size_t plane = 8 * inner->length;
  complex_rows first = {work, work + plane}, second = {work + 2 * plane, work + 3 * plane};
  for (size_t k = 0; k < plan->length; k++) {
    lanes c = SPLAT(cosines[k]), w = SPLAT(sines[k]);
    lanes re = LOAD(data.real + 8 * k), im = LOAD(data.imaginary + 8 * k);
    STORE(first.real + 8 * k, ADD(MUL(re, c), MUL(im, w)));
    STORE(first.imaginary + 8 * k, SUB(MUL(im, c), MUL(re, w)));
  }
  for (size_t k = 8 * plan->length; k < 8 * inner->length; k++) first.real[k] = first.imaginary[k] = 0;
  mixed_radix(inner, first);
  // With the two parts exchanged before and after, the same transform is the inverse.
  for (size_t k = 0; k < inner->length; k++) {
    size_t place = 8 * inner->places[k];
    lanes c = SPLAT(plan->filter_real[k]), w = SPLAT(plan->filter_imaginary[k]);
    lanes re = LOAD(first.real + place), im = LOAD(first.imaginary + place);
    STORE(second.imaginary + 8 * k, SUB(MUL(re, c), MUL(im, w)));
    STORE(second.real + 8 * k, ADD(MUL(re, w), MUL(im, c)));
  }
  mixed_radix(inner, second);
  for (size_t k = 0; k < plan->length; k++) {
    size_t place = 8 * inner->places[k];
    lanes c = SPLAT(cosines[k]), w = SPLAT(sines[k]);
    lanes re = LOAD(second.imaginary + place), im = LOAD(second.real + place);
    STORE(data.real + 8 * k, ADD(MUL(re, c), MUL(im, w)));
    STORE(data.imaginary + 8 * k, SUB(MUL(im, c), MUL(re, w)));
  }
}

KERNEL void fourier(const audit_fourier *plan, double *restrict real, double *restrict imaginary,
                    double *restrict work) {
  complex_rows data = {real, imaginary};
  transform(plan, data, work);
  for (size_t i = 0; i < 8 * plan->length; i++) {
    work[i] = real[i];
    work[8 * plan->length + i] = imaginary[i];
  }
  for (size_t k = 0; k < plan->length; k++) {
    for (size_t j = 0; j < 8; j++) {
      real[8 * k + j] = work[8 * plan->places[k] + j];
      imaginary[8 * k + j] = work[8 * (plan->length + plan->places[k]) + j];
    }
  }
}

INLINE void transpose(const double *restrict in, double *restrict out) {
  for (size_t i = 0; i < 8; i++) {
    LOOP for (size_t j = 0; j < 8; j++) out[8 * i + j] = in[8 * j + i];
  }
}

// Sixteen columns at once: eight as real and eight as imaginary parts, which the symmetry of real transforms takes
// apart again. Writes rows 0...height / 2 of the transforms of the columns x ..< x + 16.
INLINE void transform_columns(const int16_t *restrict residuals, size_t stride, size_t width, size_t height, size_t x,
                              const audit_fourier *down, double *restrict work, double *restrict row_real,
                              double *restrict row_imaginary) {
  complex_rows data = {work, work + 8 * height};
  size_t left = smaller(8, width - x), right = width - x > 8 ? smaller(8, width - x - 8) : 0;
  for (size_t y = 0; y < height; y++) {
    const int16_t *in = residuals + y * stride + x;
    double *re = data.real + 8 * y, *im = data.imaginary + 8 * y;
    if (right == 8) {
      LOOP for (size_t j = 0; j < 8; j++) {
        re[j] = in[j];
        im[j] = in[8 + j];
      }
    } else {
      for (size_t j = 0; j < 8; j++) re[j] = j < left ? in[j] : 0, im[j] = j < right ? in[8 + j] : 0;
    }
  }
  transform(down, data, work + 16 * height);
  const uint32_t *places = down->places;
  lanes half = SPLAT(0.5);
  for (size_t block = 0; block <= height / 2; block += 8) {
    double parts[4][64], turned[64];
    for (size_t j = 0; j < 8; j++) {
      // Rows past the half repeat the last: their energy is cleared later.
      size_t k = smaller(block + j, height / 2), mirrored = k == 0 ? 0 : height - k;
      size_t one = 8 * places[k], two = 8 * places[mirrored];
      lanes ar = LOAD(data.real + one), ai = LOAD(data.imaginary + one);
      lanes br = LOAD(data.real + two), bi = LOAD(data.imaginary + two);
      STORE(parts[0] + 8 * j, MUL(half, ADD(ar, br)));
      STORE(parts[1] + 8 * j, MUL(half, SUB(ai, bi)));
      STORE(parts[2] + 8 * j, MUL(half, ADD(ai, bi)));
      STORE(parts[3] + 8 * j, MUL(half, SUB(br, ar)));
    }
    for (size_t part = 0; part < 4; part++) {
      size_t columns = part < 2 ? left : right;
      double *restrict out = (part % 2 ? row_imaginary : row_real) + 8 * (block / 8 * width + x + (part < 2 ? 0 : 8));
      if (columns == 8) {
        transpose(parts[part], out);
        continue;
      }
      transpose(parts[part], turned);
      for (size_t j = 0; j < columns; j++) STORE(out + 8 * j, LOAD(turned + 8 * j));
    }
  }
}

KERNEL void half_spectrum(const int16_t *restrict residuals, size_t stride, size_t width, size_t height,
                          const audit_fourier *down, const audit_fourier *across, double scale,
                          double *restrict work, double *restrict rows, double *restrict energies) {
  size_t blocks = (height / 2 + 8) / 8;
  double *restrict row_real = rows, *restrict row_imaginary = rows + 8 * blocks * width;
  for (size_t x = 0; x < width; x += 16)
    transform_columns(residuals, stride, width, height, x, down, work, row_real, row_imaginary);
  for (size_t block = 0; block < blocks; block++) {
    complex_rows data = {row_real + 8 * block * width, row_imaginary + 8 * block * width};
    // The frequencies along x stay in the order of reversed digits: sums do not need another.
    transform(across, data, work);
    double *restrict out = energies + 8 * block * width, factors[8];
    for (size_t j = 0; j < 8; j++) factors[j] = 8 * block + j <= height / 2 ? scale : 0;
    lanes factor = LOAD(factors);
    for (size_t i = 0; i < 8 * width; i += 8) {
      lanes re = LOAD(data.real + i), im = LOAD(data.imaginary + i);
      STORE(out + i, MUL(factor, ADD(MUL(re, re), MUL(im, im))));
    }
  }
}

KERNEL audit_energy_sums energy_sums(const double *restrict energies, size_t width, size_t height) {
  double cubes[LANES] = {0}, squares[LANES] = {0}, most[LANES] = {0};
  size_t blocks = (height / 2 + 8) / 8;
  for (size_t block = 0; block < blocks; block++) {
    double times[LANES];
    for (size_t j = 0; j < 8; j++) {
      size_t k = 8 * block + j;
      times[j] = k == 0 || 2 * k == height ? 1 : 2;
    }
    const double *restrict e = energies + 8 * block * width;
    for (size_t start = 0; start < 8 * width; start += BLOCK) {
      size_t n = smaller(BLOCK, 8 * width - start);
      double cube[BLOCK], square[BLOCK];
      for (size_t i = 0; i < n; i += 8) {
        LOOP for (size_t j = 0; j < 8; j++) {
          double energy = e[start + i + j];
          cube[i + j] = times[j] * (energy * __builtin_elementwise_sqrt(energy));
          square[i + j] = times[j] * (energy * energy);
          most[j] = energy > most[j] ? energy : most[j];
        }
      }
      add_lanes(cubes, cube, n);
      add_lanes(squares, square, n);
    }
  }
  double largest = 0;
  for (size_t j = 0; j < LANES; j++) largest = most[j] > largest ? most[j] : largest;
  return (audit_energy_sums){total(cubes), total(squares), largest};
}
