// The kernels of audit_metrics_kernels.h without vectors: what the fast ones are tested against, and what
// AUDIT_KERNELS=scalar selects.

#include <stddef.h>

#define KERNEL static
#define LOOP _Pragma("clang loop vectorize(disable) interleave(disable)")

static void add_lanes(double *lanes, const double *values, size_t n) {
  LOOP for (size_t i = 0; i < n; i++) lanes[i % 8] += values[i];
}

#include "metrics_bodies.h"

const audit_metric_kernels audit_metric_kernels_scalar = TABLE;
