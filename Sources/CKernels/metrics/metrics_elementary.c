#include "audit_metrics_elementary.h"

#include <math.h>

// ln 2 in two parts; the first has 21 trailing zero bits, so that its product with an exponent is exact.
static const double ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;

double audit_exp(double x) {
  if (x > 709.78) return INFINITY;
  if (x < -745) return 0;
  double k = nearbyint(x * 1.4426950408889634);
  double high = x - k * ln2_high, low = k * ln2_low;
  double r = high - low;
  // Taylor's series, |r| <= 0.35: the term r^14 / 14! is 4e-18.
  double sum = 0;
  for (int n = 13; n >= 2; n--) sum = (sum + 1) * (r / n);
  double correction = (high - r) - low;
  return ldexp(1 + (r + (r * sum + correction)), (int)k);
}

double audit_log(double x) {
  int exponent;
  double m = frexp(x, &exponent);
  if (m < 0.70710678118654752) {
    m *= 2;
    exponent -= 1;
  }
  // log m = f - s (f - series) with f = m - 1 and s = f / (2 + f), |s| <= 0.1716: the first term left out is 4e-18.
  double f = m - 1, s = f / (2 + f), z = s * s, series = 0;
  for (int n = 21; n >= 3; n -= 2) series = (series + 1.0 / n) * z;
  double half = 0.5 * f * f;
  double tail = s * (half + 2 * series);
  return exponent * ln2_high - ((half - (tail + exponent * ln2_low)) - f);
}

double audit_log1p(double x) {
  double u = 1 + x;
  return u == 1 ? x : audit_log(u) * (x / (u - 1));
}

double audit_power(double x, double y) {
  if (x == 0) return y == 0 ? 1 : 0;
  return audit_exp(y * audit_log(x));
}

double audit_tanh(double x) {
  double a = fabs(x);
  if (a < 0.125) {
    // Continued fraction x / (1 + x^2 / (3 + x^2 / (5 + ...))).
    double z = x * x, fraction = 15;
    for (int n = 13; n >= 1; n -= 2) fraction = n + z / fraction;
    return x / fraction;
  }
  double e = audit_exp(-2 * a), t = (1 - e) / (1 + e);
  return x < 0 ? -t : t;
}

double audit_erf(double x) {
  // 2 / sqrt(pi) e^(-x^2) times the sum of 2^n x^(2n + 1) / (1 3 5 ... (2n + 1)): no term cancels another.
  double term = x, sum = x;
  for (int n = 1; n < 200 && fabs(term) > 1e-18 * fabs(sum); n++) {
    term *= 2 * x * x / (2 * n + 1);
    sum += term;
  }
  return 1.1283791670955126 * audit_exp(-x * x) * sum;
}

void audit_root_of_unity(unsigned long k, unsigned long n, double *cosine, double *sine) {
  // Eighths of a turn are split off in whole numbers, so that the series sees at most pi / 4.
  unsigned long eighth = 8 * k / n, rest = 8 * k % n;
  if (eighth % 2) rest = n - rest;
  double x = 0.78539816339744831 * ((double)rest / (double)n), z = x * x, c = 0, s = 0;
  for (int j = 18; j >= 2; j -= 2) c = (c + 1) * (-z / (j * (j - 1)));
  for (int j = 19; j >= 3; j -= 2) s = (s + 1) * (-z / (j * (j - 1)));
  c = 1 + c;
  s = x + x * s;
  switch (eighth) {
    case 0: *cosine = c, *sine = s; break;
    case 1: *cosine = s, *sine = c; break;
    case 2: *cosine = -s, *sine = c; break;
    case 3: *cosine = -c, *sine = s; break;
    case 4: *cosine = -c, *sine = -s; break;
    case 5: *cosine = -s, *sine = -c; break;
    case 6: *cosine = s, *sine = -c; break;
    default: *cosine = c, *sine = -s; break;
  }
}
