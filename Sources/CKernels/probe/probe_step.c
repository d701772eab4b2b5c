#include "audit_probe_step.h"

#include "audit_probe_exp.h"
#include "../kernel_clones.h"

#define ONE_BY_ONE _Pragma("clang loop vectorize(disable) interleave(disable)")

INLINED void adam_one(float *restrict w, float *restrict m, float *restrict v, float g, float rate, float keep1,
                     float keep2, float epsilon) {
  *m += keep1 * (g - *m);
  *v += keep2 * (g * g - *v);
  // sqrtf may set errno, which keeps a loop from being vectorised.
  *w -= rate * *m / (__builtin_elementwise_sqrt(*v) + epsilon);
}

CLONES static void adam_fast(float *restrict w, float *restrict m, float *restrict v, const float *restrict g,
                             size_t count, float rate, float keep1, float keep2, float epsilon) {
  for (size_t i = 0; i < count; i++) adam_one(w + i, m + i, v + i, g[i], rate, keep1, keep2, epsilon);
}

void audit_probe_adam(float *weight, float *first, float *second, const float *gradient, size_t count, float rate,
                      float beta1, float beta2, float epsilon, bool scalar) {
  const float keep1 = 1.0f - beta1, keep2 = 1.0f - beta2;
  if (!scalar) {
    adam_fast(weight, first, second, gradient, count, rate, keep1, keep2, epsilon);
    return;
  }
  ONE_BY_ONE
  for (size_t i = 0; i < count; i++)
    adam_one(weight + i, first + i, second + i, gradient[i], rate, keep1, keep2, epsilon);
}

CLONES static void descend_fast(float *restrict w, float *restrict m, const float *restrict g, size_t count,
                                float rate, float momentum) {
  for (size_t i = 0; i < count; i++) {
    m[i] = momentum * m[i] + g[i];
    w[i] -= rate * m[i];
  }
}

void audit_probe_descend(float *weight, float *velocity, const float *gradient, size_t count, float rate,
                         float momentum, bool scalar) {
  if (!scalar) {
    descend_fast(weight, velocity, gradient, count, rate, momentum);
    return;
  }
  ONE_BY_ONE
  for (size_t i = 0; i < count; i++) {
    velocity[i] = momentum * velocity[i] + gradient[i];
    weight[i] -= rate * velocity[i];
  }
}

INLINED void activate_one(float *value, float *slope, audit_probe_activation activation) {
  const float x = *value;
  if (activation == AUDIT_PROBE_TANH) {
    const float y = 1.0f - 2.0f / (audit_probe_exp(2.0f * x) + 1.0f);
    *value = y;
    *slope = 1.0f - y * y;
  } else if (activation == AUDIT_PROBE_SILU) {
    const float s = 1.0f / (1.0f + audit_probe_exp(-x));
    *value = x * s;
    *slope = s + x * s * (1.0f - s);
  } else {
    *value = x >= 0.0f ? x : 0.1f * x;
    *slope = x >= 0.0f ? 1.0f : 0.1f;
  }
}

CLONES static void tanh_fast(float *restrict sums, float *restrict slope, size_t count) {
  for (size_t i = 0; i < count; i++) activate_one(sums + i, slope + i, AUDIT_PROBE_TANH);
}

CLONES static void silu_fast(float *restrict sums, float *restrict slope, size_t count) {
  for (size_t i = 0; i < count; i++) activate_one(sums + i, slope + i, AUDIT_PROBE_SILU);
}

CLONES static void leaky_fast(float *restrict sums, float *restrict slope, size_t count) {
  for (size_t i = 0; i < count; i++) activate_one(sums + i, slope + i, AUDIT_PROBE_LEAKY_RELU);
}

void audit_probe_activate(float *sums, float *slope, size_t count, audit_probe_activation activation, bool scalar) {
  if (scalar) {
    ONE_BY_ONE
    for (size_t i = 0; i < count; i++) activate_one(sums + i, slope + i, activation);
  } else if (activation == AUDIT_PROBE_TANH) {
    tanh_fast(sums, slope, count);
  } else if (activation == AUDIT_PROBE_SILU) {
    silu_fast(sums, slope, count);
  } else {
    leaky_fast(sums, slope, count);
  }
}

void audit_probe_multiply(float *out, const float *by, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] *= by[i];
}

void audit_probe_centre(float *out, const unsigned char *pixels, const float *mean, size_t count, float scale) {
  for (size_t i = 0; i < count; i++) out[i] = ((float)pixels[i] * (1.0f / 255.0f) - mean[i]) * scale;
}

void audit_probe_uncentre(float *values, const float *mean, size_t count, float scale) {
  for (size_t i = 0; i < count; i++) values[i] = mean[i] + values[i] * scale;
}

/// Value i goes to sum i mod 16, and the sums are added in their order.
INLINED double lane_total(const double *lane) {
  double total = 0;
  for (int j = 0; j < 16; j++) total += lane[j];
  return total;
}

CLONES static double square_sum_fast(const float *restrict values, size_t count) {
  double lane[16] = {0};
  size_t i = 0;
  for (; i + 16 <= count; i += 16)
    for (int j = 0; j < 16; j++) lane[j] += (double)values[i + j] * (double)values[i + j];
  for (int j = 0; i < count; i++, j++) lane[j] += (double)values[i] * (double)values[i];
  return lane_total(lane);
}

double audit_probe_square_sum(const float *values, size_t count, bool scalar) {
  if (!scalar) return square_sum_fast(values, count);
  double lane[16] = {0};
  ONE_BY_ONE
  for (size_t i = 0; i < count; i++) lane[i % 16] += (double)values[i] * (double)values[i];
  return lane_total(lane);
}
