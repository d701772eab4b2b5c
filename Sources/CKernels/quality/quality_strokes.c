#include "audit_quality.h"
#include "../kernel_clones.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Sixteen values of a row.
enum { SIDE = 128, COUNT = SIDE * SIDE, LANES = 16, MOST_REACH = 4, LINES = 2 * MOST_REACH + 1 };
typedef int32_t lanes __attribute__((vector_size(LANES * sizeof(int32_t)), aligned(4), may_alias));
#define LOAD(from) (*(const lanes *)(from))
#define OUTER(a, b) (largest ? __builtin_elementwise_max(a, b) : __builtin_elementwise_min(a, b))
// The values that stand `k` before those of a vector, of which there is also the vector before.
#define BEFORE(k, last, here)                                                                                       \
  __builtin_shufflevector(last, here, 16 - k, 17 - k, 18 - k, 19 - k, 20 - k, 21 - k, 22 - k, 23 - k, 24 - k, 25 - k, \
                          26 - k, 27 - k, 28 - k, 29 - k, 30 - k, 31 - k)

// Of the values of a row that stand up to `reach` beside each, as many as there are: of the 2, 4, 8 values that end at a
// place, then of the window that ends there. `out` has room for a vector before the row and behind it.
INLINED void along(const int32_t *row, const size_t reach, const int largest, int32_t *out) {
  const lanes none = (lanes){0} + (largest ? INT32_MIN : INT32_MAX);
  lanes last = none, last2 = none, last4 = none, last8 = none;
  for (size_t x = 0; x <= SIDE; x += LANES) {
    lanes here = x < SIDE ? LOAD(row + x) : none, here2 = OUTER(here, BEFORE(1, last, here)), window;
    if (reach == 1) {
      window = OUTER(here, BEFORE(1, last2, here2));
    } else {
      lanes here4 = OUTER(here2, BEFORE(2, last2, here2));
      if (reach == 2) {
        window = OUTER(here, BEFORE(1, last4, here4));
      } else {
        lanes here8 = OUTER(here4, BEFORE(4, last4, here4));
        window = OUTER(here, BEFORE(1, last8, here8));
        last8 = here8;
      }
      last4 = here4;
    }
    last = here;
    last2 = here2;
    *(lanes *)(out + x - reach) = window;
  }
}

// The smallest or largest of a square window around every place, as much of it as lies inside. Those of a mirrored
// border are the same: it holds nothing that the window does not. `out` may be the plane.
INLINED void extreme(const int32_t *plane, const size_t reach, const int largest, int32_t *out) {
  // The rows that a window reaches, by turns, with a vector before and behind each.
  int32_t rows[LINES][SIDE + 2 * LANES];
  for (size_t made = 0, y = 0; y < SIDE; y++) {
    for (; made < SIDE && made <= y + reach; made++) {
      along(plane + made * SIDE, reach, largest, rows[made % LINES] + LANES);
    }
    const int32_t *near[LINES];
    for (size_t k = 0; k <= 2 * reach; k++) {
      size_t line = y + k < reach ? 0 : y + k - reach;
      near[k] = rows[(line < SIDE ? line : SIDE - 1) % LINES] + LANES;
    }
    for (size_t x = 0; x < SIDE; x += LANES) {
      lanes found = LOAD(near[0] + x);
      for (size_t k = 1; k <= 2 * reach; k++) found = OUTER(found, LOAD(near[k] + x));
      *(lanes *)(out + y * SIDE + x) = found;
    }
  }
}

CLONES static void smallest(const int32_t *plane, size_t reach, int32_t *out) {
  switch (reach) {
    case 1: extreme(plane, 1, 0, out); break;
    case 2: extreme(plane, 2, 0, out); break;
    default: extreme(plane, 4, 0, out);
  }
}

CLONES static void largest(const int32_t *plane, size_t reach, int32_t *out) {
  switch (reach) {
    case 1: extreme(plane, 1, 1, out); break;
    case 2: extreme(plane, 2, 1, out); break;
    default: extreme(plane, 4, 1, out);
  }
}

// Blocks of DEEP vectors, of each of which the crests are the largest of each lane.
enum { DEEP = 16, BLOCK = DEEP * LANES, CRESTS = COUNT / DEEP };

// A top-hat, what is summed over it, and its crests. A lane sums to less than 2^31.
CLONES static void top_hat(const int32_t *restrict minuend, const int32_t *restrict subtrahend, int32_t limit,
                           int32_t *restrict hat, int32_t *restrict crests, audit_quality_strokes *strokes) {
  lanes total = {0}, above = {0};
  for (size_t start = 0; start < COUNT; start += BLOCK, crests += LANES) {
    lanes crest = {0};
    for (size_t i = start; i < start + BLOCK; i += LANES) {
      lanes value = LOAD(minuend + i) - LOAD(subtrahend + i);
      *(lanes *)(hat + i) = value;
      crest = __builtin_elementwise_max(crest, value);
      total += value;
      above -= value > limit;
    }
    *(lanes *)crests = crest;
  }
  strokes->sum = strokes->above = 0;
  for (size_t i = 0; i < LANES; i++) {
    strokes->sum += total[i];
    strokes->above += above[i];
  }
}

// The values from `least` on, of which there are few as a rule: they stand where the crests are as high. `out` has room
// for a vector more than the plane.
static size_t not_below(const int32_t *hat, const int32_t *crests, int32_t least, int32_t *restrict out) {
  uint16_t places[CRESTS + 1];
  size_t high = 0, kept = 0;
  for (size_t i = 0; i < CRESTS; i++) {
    places[high] = (uint16_t)i;
    high += crests[i] >= least;
  }
  for (size_t k = 0; k < high; k++) {
    const int32_t *first = hat + places[k] / LANES * BLOCK + places[k] % LANES;
    for (size_t i = 0; i < BLOCK; i += LANES) {
      out[kept] = first[i];
      kept += first[i] >= least;
    }
  }
  return kept;
}

#if defined(__x86_64__)
__attribute__((target("avx512f,popcnt"))) static size_t not_below_avx512(const int32_t *hat, int32_t least,
                                                                         int32_t *restrict out) {
  size_t kept = 0;
  for (size_t i = 0; i < COUNT; i += LANES) {
    __m512i values = _mm512_loadu_si512(hat + i);
    __mmask16 high = _mm512_cmpge_epi32_mask(values, _mm512_set1_epi32(least));
    _mm512_storeu_si512(out + kept, _mm512_maskz_compress_epi32(high, values));
    kept += (size_t)__builtin_popcount(high);
  }
  return kept;
}
#endif

static size_t keep(const int32_t *hat, const int32_t *crests, int32_t least, int32_t *restrict out) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return not_below_avx512(hat, least, out);
#endif
  return not_below(hat, crests, least, out);
}

// As `audit_quality_select` of a place near the end: what lies below the crest that has as many above it as the place
// has values above cannot stand there. `work` holds a vector more than the plane.
static void select_high(const int32_t *hat, const int32_t *crests, size_t first, int32_t *work, int32_t found[2]) {
  size_t above = COUNT - first;
  if (above > CRESTS) return audit_quality_select(hat, COUNT, first, found);
  audit_quality_select(crests, CRESTS, CRESTS - above, found);
  size_t kept = keep(hat, crests, found[0], work);
  audit_quality_select(work, kept, kept - above, found);
}

static void describe(const int32_t *minuend, const int32_t *subtrahend, int32_t limit, size_t first, int32_t *work,
                     audit_quality_strokes *strokes) {
  int32_t crests[CRESTS];
  top_hat(minuend, subtrahend, limit, work, crests, strokes);
  select_high(work, crests, first, work + COUNT, strokes->at);
}

void audit_quality_top_hats(const int32_t *plane, int32_t limit, size_t first, int32_t *work,
                            audit_quality_strokes bright[3], audit_quality_strokes dark[3]) {
  static const size_t reaches[3] = {1, 2, 4}, further[3] = {1, 1, 2};
  int32_t *low = work, *high = low + COUNT, *whole = high + COUNT, *rest = whole + COUNT;
  for (size_t size = 0; size < 3; size++) {
    // A window of 9 is one of 5 within one of 5, that one of 3 within one of 3.
    smallest(size ? low : plane, further[size], low);
    largest(low, reaches[size], whole);
    describe(plane, whole, limit, first, rest, bright + size);
    largest(size ? high : plane, further[size], high);
    smallest(high, reaches[size], whole);
    describe(whole, plane, limit, first, rest, dark + size);
  }
}
