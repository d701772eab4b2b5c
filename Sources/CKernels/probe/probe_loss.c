#include "audit_probe_loss.h"

#include <math.h>

#include "audit_probe_exp.h"
#include "../kernel_clones.h"

struct shape {
  float delta, steepness, half;
  const float *table;
  size_t steps;
};

INLINED float residual(const float *reconstruction, const uint8_t *picture, size_t i) {
  return reconstruction[i] - (float)picture[i] * (1.0f / 255.0f);
}

INLINED float rho(audit_probe_loss_kind kind, float r, struct shape shape) {
  const float a = fabsf(r);
  switch (kind) {
    case AUDIT_PROBE_MSE: return r * r;
    case AUDIT_PROBE_MAE: return a;
    case AUDIT_PROBE_HUBER: return a <= shape.delta ? 0.5f * r * r : shape.delta * (a - 0.5f * shape.delta);
    case AUDIT_PROBE_IMAE: {
      const float inside = a < 1.0f ? a : 1.0f;
      const float place = inside * (float)shape.steps;
      const uint32_t whole = (uint32_t)place;
      const uint32_t below = whole < shape.steps ? whole : (uint32_t)shape.steps - 1;
      const float low = shape.table[below], high = shape.table[below + 1];
      return low + (place - (float)below) * (high - low) + (a - inside);
    }
  }
}

INLINED float psi(audit_probe_loss_kind kind, float r, struct shape shape) {
  const float sign = r > 0.0f ? 1.0f : r < 0.0f ? -1.0f : 0.0f;
  switch (kind) {
    case AUDIT_PROBE_MSE: return 2.0f * r;
    case AUDIT_PROBE_MAE: return sign;
    case AUDIT_PROBE_HUBER: return fabsf(r) <= shape.delta ? r : sign * shape.delta;
    case AUDIT_PROBE_IMAE: {
      const float p = audit_probe_exp(fabsf(r) * (-0.69314718f / shape.half));
      return sign * audit_probe_exp(shape.steepness * p * (1.0f - p));
    }
  }
}

INLINED double walk(audit_probe_loss_kind kind, const float *restrict reconstruction, const uint8_t *restrict picture,
                   size_t count, float *restrict slope, float scale, struct shape shape) {
  double lane[16] = {0};
  size_t i = 0;
  for (; i + 16 <= count; i += 16)
    for (int j = 0; j < 16; j++) lane[j] += (double)rho(kind, residual(reconstruction, picture, i + j), shape);
  for (int j = 0; i < count; i++, j++) lane[j] += (double)rho(kind, residual(reconstruction, picture, i), shape);
  if (slope)
    for (i = 0; i < count; i++) slope[i] = psi(kind, residual(reconstruction, picture, i), shape) * scale;
  double total = 0;
  for (int j = 0; j < 16; j++) total += lane[j];
  return total;
}

#define VARIANT(name, kind)                                                                                    \
  CLONES static double name(const float *reconstruction, const uint8_t *picture, size_t count, float *slope, \
                            float scale, struct shape shape) {                                                \
    return walk(kind, reconstruction, picture, count, slope, scale, shape);                                   \
  }
VARIANT(mse_fast, AUDIT_PROBE_MSE)
VARIANT(mae_fast, AUDIT_PROBE_MAE)
VARIANT(huber_fast, AUDIT_PROBE_HUBER)
VARIANT(imae_fast, AUDIT_PROBE_IMAE)

static double walk_scalar(audit_probe_loss_kind kind, const float *reconstruction, const uint8_t *picture,
                          size_t count, float *slope, float scale, struct shape shape) {
  double lane[16] = {0};
#pragma clang loop vectorize(disable) interleave(disable)
  for (size_t i = 0; i < count; i++) {
    const float r = residual(reconstruction, picture, i);
    lane[i % 16] += (double)rho(kind, r, shape);
    if (slope) slope[i] = psi(kind, r, shape) * scale;
  }
  double total = 0;
  for (int j = 0; j < 16; j++) total += lane[j];
  return total;
}

double audit_probe_loss(audit_probe_loss_kind kind, const float *reconstruction, const uint8_t *picture, size_t count,
                        float *slope, float scale, float delta, float steepness, float half, const float *table,
                        size_t steps, bool scalar) {
  const struct shape shape = {delta, steepness, half, table, steps};
  if (scalar) return walk_scalar(kind, reconstruction, picture, count, slope, scale, shape);
  switch (kind) {
    case AUDIT_PROBE_MSE: return mse_fast(reconstruction, picture, count, slope, scale, shape);
    case AUDIT_PROBE_MAE: return mae_fast(reconstruction, picture, count, slope, scale, shape);
    case AUDIT_PROBE_HUBER: return huber_fast(reconstruction, picture, count, slope, scale, shape);
    case AUDIT_PROBE_IMAE: return imae_fast(reconstruction, picture, count, slope, scale, shape);
  }
}
