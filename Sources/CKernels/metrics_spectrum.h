// Discrete Fourier transforms, eight at a time: element k of transform j stands at [8 k + j].

typedef struct {
  double *real;
  double *imaginary;
} complex_rows;

// One butterfly of radix 2: inputs `m` apart, outputs `s` apart, in units of elements.
INLINE void radix2(complex_rows in, complex_rows out, size_t m, size_t s, double c, double w) {
  for (size_t q = 0; q < 8 * s; q += 8) {
    lanes ar = LOAD(in.real + q), ai = LOAD(in.imaginary + q);
    lanes br = LOAD(in.real + q + 8 * m), bi = LOAD(in.imaginary + q + 8 * m);
    STORE(out.real + q, ADD(ar, br));
    STORE(out.imaginary + q, ADD(ai, bi));
    lanes dr = SUB(ar, br), di = SUB(ai, bi);
    STORE(out.real + q + 8 * s, ADD(MUL(dr, SPLAT(c)), MUL(di, SPLAT(w))));
    STORE(out.imaginary + q + 8 * s, SUB(MUL(di, SPLAT(c)), MUL(dr, SPLAT(w))));
  }
}

// The twiddle e^(-i angle) = c - i w times (re, im).
#define TURN(slot, re, im, c, w)                                                             \
  STORE(out.real + q + 8 * s * slot, ADD(MUL(re, SPLAT(c)), MUL(im, SPLAT(w))));              \
  STORE(out.imaginary + q + 8 * s * slot, SUB(MUL(im, SPLAT(c)), MUL(re, SPLAT(w))))

INLINE void radix4(complex_rows in, complex_rows out, size_t m, size_t s, const double *restrict c,
                   const double *restrict w) {
  for (size_t q = 0; q < 8 * s; q += 8) {
    lanes ar = LOAD(in.real + q), ai = LOAD(in.imaginary + q);
    lanes br = LOAD(in.real + q + 8 * m), bi = LOAD(in.imaginary + q + 8 * m);
    lanes cr = LOAD(in.real + q + 16 * m), ci = LOAD(in.imaginary + q + 16 * m);
    lanes dr = LOAD(in.real + q + 24 * m), di = LOAD(in.imaginary + q + 24 * m);
    lanes acr = ADD(ar, cr), aci = ADD(ai, ci), bdr = ADD(br, dr), bdi = ADD(bi, di);
    lanes amr = SUB(ar, cr), ami = SUB(ai, ci), bmr = SUB(br, dr), bmi = SUB(bi, di);
    STORE(out.real + q, ADD(acr, bdr));
    STORE(out.imaginary + q, ADD(aci, bdi));
    // -i (b - d) has the parts (b - d).imaginary and -(b - d).real.
    lanes er = ADD(amr, bmi), ei = SUB(ami, bmr), fr = SUB(acr, bdr), fi = SUB(aci, bdi);
    lanes gr = SUB(amr, bmi), gi = ADD(ami, bmr);
    TURN(1, er, ei, c[1], w[1]);
    TURN(2, fr, fi, c[2], w[2]);
    TURN(3, gr, gi, c[3], w[3]);
  }
}

INLINE void radix_any(complex_rows in, complex_rows out, size_t m, size_t s, size_t p, size_t k,
                      const audit_mixed_radix *plan) {
  size_t n = plan->length, root = n / p;
  for (size_t q = 0; q < 8 * s; q += 8) {
    for (size_t t = 0; t < p; t++) {
      lanes re = LOAD(in.real + q), im = LOAD(in.imaginary + q);
      for (size_t j = 1; j < p; j++) {
        size_t index = j * t % p * root;
        lanes c = SPLAT(plan->cosines[index]), w = SPLAT(plan->sines[index]);
        lanes xr = LOAD(in.real + q + 8 * m * j), xi = LOAD(in.imaginary + q + 8 * m * j);
        re = ADD(re, ADD(MUL(xr, c), MUL(xi, w)));
        im = ADD(im, SUB(MUL(xi, c), MUL(xr, w)));
      }
      TURN(t, re, im, plan->cosines[k * t * s], plan->sines[k * t * s]);
    }
  }
}

// Stockham's self-sorting passes; the result is in `a` or `b`, whichever is returned.
INLINE complex_rows mixed_radix(const audit_mixed_radix *plan, complex_rows a, complex_rows b) {
  size_t n = plan->length, s = 1;
  for (size_t f = 0; f < plan->factor_count; f++) {
    size_t p = plan->factors[f], m = n / p;
    for (size_t k = 0; k < m; k++) {
      complex_rows in = {a.real + 8 * s * k, a.imaginary + 8 * s * k};
      complex_rows out = {b.real + 8 * s * p * k, b.imaginary + 8 * s * p * k};
      if (p == 4) {
        double c[4], w[4];
        for (size_t t = 1; t < 4; t++) c[t] = plan->cosines[k * t * s], w[t] = plan->sines[k * t * s];
        radix4(in, out, s * m, s, c, w);
      } else if (p == 2) {
        radix2(in, out, s * m, s, plan->cosines[k * s], plan->sines[k * s]);
      } else {
        radix_any(in, out, s * m, s, p, k, plan);
      }
    }
    complex_rows other = a;
    a = b;
    b = other;
    n = m;
    s *= p;
  }
  return a;
}

// Transforms `data`; the result is in memory of `data` or of `work`, wherever the returned rows point.
INLINE complex_rows transform(const audit_fourier *plan, complex_rows data, double *restrict work) {
  size_t inner = plan->inner.length;
  complex_rows first = {work, work + 8 * inner}, second = {work + 16 * inner, work + 24 * inner};
  if (plan->chirp_cosines == NULL) return mixed_radix(&plan->inner, data, first);
  // Bluestein: k j = (k^2 + j^2 - (k - j)^2) / 2 makes the transform a convolution with a chirp.
  const double *cosines = plan->chirp_cosines, *sines = plan->chirp_sines;
  for (size_t k = 0; k < plan->length; k++) {
    lanes c = SPLAT(cosines[k]), w = SPLAT(sines[k]);
    lanes re = LOAD(data.real + 8 * k), im = LOAD(data.imaginary + 8 * k);
    STORE(first.real + 8 * k, ADD(MUL(re, c), MUL(im, w)));
    STORE(first.imaginary + 8 * k, SUB(MUL(im, c), MUL(re, w)));
  }
  for (size_t k = 8 * plan->length; k < 8 * inner; k++) first.real[k] = first.imaginary[k] = 0;
  complex_rows spectrum = mixed_radix(&plan->inner, first, second);
  for (size_t k = 0; k < inner; k++) {
    lanes c = SPLAT(plan->filter_real[k]), w = SPLAT(plan->filter_imaginary[k]);
    lanes re = LOAD(spectrum.real + 8 * k), im = LOAD(spectrum.imaginary + 8 * k);
    STORE(spectrum.real + 8 * k, SUB(MUL(re, c), MUL(im, w)));
    STORE(spectrum.imaginary + 8 * k, ADD(MUL(re, w), MUL(im, c)));
  }
  // With the two parts exchanged before and after, the same transform is the inverse.
  complex_rows exchanged = {spectrum.imaginary, spectrum.real};
  complex_rows other = spectrum.real == first.real ? second : first;
  complex_rows back = mixed_radix(&plan->inner, exchanged, (complex_rows){other.imaginary, other.real});
  for (size_t k = 0; k < plan->length; k++) {
    lanes c = SPLAT(cosines[k]), w = SPLAT(sines[k]);
    lanes re = LOAD(back.imaginary + 8 * k), im = LOAD(back.real + 8 * k);
    STORE(data.real + 8 * k, ADD(MUL(re, c), MUL(im, w)));
    STORE(data.imaginary + 8 * k, SUB(MUL(im, c), MUL(re, w)));
  }
  return data;
}

KERNEL void fourier(const audit_fourier *plan, double *restrict real, double *restrict imaginary,
                    double *restrict work) {
  complex_rows data = {real, imaginary}, result = transform(plan, data, work);
  if (result.real == real) return;
  LOOP for (size_t i = 0; i < 8 * plan->length; i++) {
    real[i] = result.real[i];
    imaginary[i] = result.imaginary[i];
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
  complex_rows result = transform(down, data, work + 16 * height);
  lanes half = SPLAT(0.5);
  for (size_t block = 0; block <= height / 2; block += 8) {
    double parts[4][64], turned[64];
    for (size_t j = 0; j < 8; j++) {
      // Rows past the half repeat the last: their energy is cleared later.
      size_t k = smaller(block + j, height / 2), mirrored = k == 0 ? 0 : height - k;
      lanes ar = LOAD(result.real + 8 * k), ai = LOAD(result.imaginary + 8 * k);
      lanes br = LOAD(result.real + 8 * mirrored), bi = LOAD(result.imaginary + 8 * mirrored);
      STORE(parts[0] + 8 * j, MUL(half, ADD(ar, br)));
      STORE(parts[1] + 8 * j, MUL(half, SUB(ai, bi)));
      STORE(parts[2] + 8 * j, MUL(half, ADD(ai, bi)));
      STORE(parts[3] + 8 * j, MUL(half, SUB(br, ar)));
    }
    for (size_t part = 0; part < 4; part++) {
      size_t columns = part < 2 ? left : right;
      double *restrict out = (part % 2 ? row_imaginary : row_real) + 8 * (block / 8 * width + x + (part < 2 ? 0 : 8));
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
    complex_rows result = transform(across, data, work);
    double *restrict out = energies + 8 * block * width, factors[8];
    for (size_t j = 0; j < 8; j++) factors[j] = 8 * block + j <= height / 2 ? scale : 0;
    lanes factor = LOAD(factors);
    for (size_t i = 0; i < 8 * width; i += 8) {
      lanes re = LOAD(result.real + i), im = LOAD(result.imaginary + i);
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
