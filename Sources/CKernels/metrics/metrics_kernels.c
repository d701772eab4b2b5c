// The kernels of audit_metrics_kernels.h for the widest vectors that the processor has.

#include "../kernel_clones.h"

#include <stddef.h>
#include <string.h>

#define KERNEL CLONES static
#define LOOP
// Gathers are slower than one load after the other (0.27 against 0.22 ms for 983,040 of them).
#define LOOKUP _Pragma("clang loop vectorize(disable)")
#define INLINE INLINED

// Eight doubles and sixteen floats, split by the compiler where the processor has narrower registers. Macros and not
// functions, as a function that takes a vector has another calling convention for every width.
typedef double lanes __attribute__((ext_vector_type(8), aligned(8)));
typedef float wide __attribute__((ext_vector_type(16), aligned(4)));

#define LOAD(p) (*(const lanes *)(p))
#define STORE(p, value) (*(lanes *)(p) = (value))
#define SPLAT(x) ((lanes)(double)(x))
#define WIDE_LOAD(p) (*(const wide *)(p))
#define WIDE_STORE(p, value) (*(wide *)(p) = (value))
#define WIDE_SPLAT(x) ((wide)(float)(x))
#define ADD(a, b) ((a) + (b))
#define SUB(a, b) ((a) - (b))
#define MUL(a, b) ((a) * (b))
#define DIV(a, b) ((a) / (b))
// Elements k ... k + 7 of a followed by b.
#define SHIFT(a, b, k) __builtin_shufflevector(a, b, k, k + 1, k + 2, k + 3, k + 4, k + 5, k + 6, k + 7)

INLINE void add_lanes(double *restrict sums, const double *restrict values, size_t n) {
  lanes sum = LOAD(sums);
  size_t i = 0;
  for (; i + 8 <= n; i += 8) sum += LOAD(values + i);
  STORE(sums, sum);
  for (; i < n; i++) sums[i % 8] += values[i];
}

#include "metrics_bodies.h"

const audit_metric_kernels audit_metric_kernels_fast = TABLE;
