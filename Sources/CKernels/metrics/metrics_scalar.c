// The kernels of audit_metrics_kernels.h without vectors: what the fast ones are tested against, and what
// AUDIT_KERNELS=scalar selects.

#include <stddef.h>

#define KERNEL static
#define LOOP _Pragma("clang loop vectorize(disable) interleave(disable)")
#define LOOKUP LOOP
#define INLINE static inline

typedef struct {
  double lane[8];
} lanes;

typedef struct {
  float lane[16];
} wide;

#define ELEMENTWISE(type, count, name, operator)                        \
  static type name(type a, type b) {                                    \
    LOOP for (size_t i = 0; i < count; i++) a.lane[i] operator b.lane[i]; \
    return a;                                                           \
  }

ELEMENTWISE(lanes, 8, lanes_add, +=)
ELEMENTWISE(lanes, 8, lanes_subtract, -=)
ELEMENTWISE(lanes, 8, lanes_multiply, *=)
ELEMENTWISE(lanes, 8, lanes_divide, /=)
ELEMENTWISE(wide, 16, wide_add, +=)
ELEMENTWISE(wide, 16, wide_subtract, -=)
ELEMENTWISE(wide, 16, wide_multiply, *=)

static lanes lanes_load(const double *p) {
  lanes a;
  LOOP for (size_t i = 0; i < 8; i++) a.lane[i] = p[i];
  return a;
}

static void lanes_store(double *p, lanes a) {
  LOOP for (size_t i = 0; i < 8; i++) p[i] = a.lane[i];
}

static lanes lanes_splat(double x) {
  lanes a;
  LOOP for (size_t i = 0; i < 8; i++) a.lane[i] = x;
  return a;
}

static lanes lanes_shift(lanes a, lanes b, size_t k) {
  lanes out;
  LOOP for (size_t i = 0; i < 8; i++) out.lane[i] = i + k < 8 ? a.lane[i + k] : b.lane[i + k - 8];
  return out;
}

static wide wide_load(const float *p) {
  wide a;
  LOOP for (size_t i = 0; i < 16; i++) a.lane[i] = p[i];
  return a;
}

static void wide_store(float *p, wide a) {
  LOOP for (size_t i = 0; i < 16; i++) p[i] = a.lane[i];
}

static wide wide_splat(float x) {
  wide a;
  LOOP for (size_t i = 0; i < 16; i++) a.lane[i] = x;
  return a;
}

#define LOAD(p) lanes_load(p)
#define STORE(p, value) lanes_store(p, value)
#define SPLAT(x) lanes_splat(x)
#define DIV(a, b) lanes_divide(a, b)
#define SHIFT(a, b, k) lanes_shift(a, b, k)
#define WIDE_LOAD(p) wide_load(p)
#define WIDE_STORE(p, value) wide_store(p, value)
#define WIDE_SPLAT(x) wide_splat(x)
#define ADD(a, b) _Generic((a), lanes: lanes_add, wide: wide_add)(a, b)
#define SUB(a, b) _Generic((a), lanes: lanes_subtract, wide: wide_subtract)(a, b)
#define MUL(a, b) _Generic((a), lanes: lanes_multiply, wide: wide_multiply)(a, b)

static void add_lanes(double *sums, const double *values, size_t n) {
  LOOP for (size_t i = 0; i < n; i++) sums[i % 8] += values[i];
}

#include "metrics_bodies.h"

const audit_metric_kernels audit_metric_kernels_scalar = TABLE;
