// The kernels of audit_metrics_kernels.h for the widest vectors that the processor has.

#include <string.h>

#if defined(__x86_64__)
#define KERNEL __attribute__((target_clones("avx512f", "avx2", "default"))) static
#else
#define KERNEL static
#endif
#define LOOP

#include <stddef.h>

typedef double lanes8 __attribute__((ext_vector_type(8)));

static inline __attribute__((always_inline)) void add_lanes(double *restrict lanes, const double *restrict values,
                                                            size_t n) {
  lanes8 sum, next;
  size_t i = 0;
  memcpy(&sum, lanes, sizeof sum);
  for (; i + 8 <= n; i += 8) {
    memcpy(&next, values + i, sizeof next);
    sum += next;
  }
  memcpy(lanes, &sum, sizeof sum);
  for (; i < n; i++) lanes[i % 8] += values[i];
}

#include "metrics_bodies.h"

const audit_metric_kernels audit_metric_kernels_fast = TABLE;
