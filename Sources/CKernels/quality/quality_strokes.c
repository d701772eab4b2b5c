#include "audit_quality.h"

#include <string.h>

#if defined(__x86_64__)
#define KERNEL __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define KERNEL
#endif
#define INLINED static inline __attribute__((always_inline))

enum { SIDE = 128, COUNT = SIDE * SIDE, MOST_REACH = 4, LINES = 2 * MOST_REACH + 1 };

INLINED int32_t outer(int32_t a, int32_t b, const int largest) { return (a < b) == largest ? b : a; }

// Of the values that stand up to `reach` beside each, as many of them as lie in its row.
INLINED void along(const int32_t *restrict plane, const size_t reach, const int largest, int32_t *restrict out) {
  // The plane is gone through as one line; the ends of the rows follow.
  for (size_t i = reach; i < COUNT - reach; i++) {
    int32_t found = plane[i - reach];
    for (size_t k = 1; k <= 2 * reach; k++) found = outer(found, plane[i - reach + k], largest);
    out[i] = found;
  }
  for (size_t start = 0; start < COUNT; start += SIDE) {
    const int32_t *row = plane + start, *last = row + SIDE - 1;
    int32_t left = row[0], right = *last;
    for (size_t k = 1; k < reach; k++) {
      left = outer(left, row[k], largest);
      right = outer(right, *(last - k), largest);
    }
    for (size_t x = 0; x < reach; x++) {
      left = outer(left, row[x + reach], largest);
      right = outer(right, *(last - x - reach), largest);
      out[start + x] = left;
      out[start + SIDE - 1 - x] = right;
    }
  }
}

// The same of the values above and below.
INLINED void across(const int32_t *restrict plane, const size_t reach, const int largest, int32_t *restrict out) {
  for (size_t y = 0; y < SIDE; y++) {
    const int32_t *near[LINES];
    for (size_t k = 0; k <= 2 * reach; k++) {
      size_t line = y + k < reach ? 0 : y + k - reach;
      near[k] = plane + (line < SIDE ? line : SIDE - 1) * SIDE;
    }
    for (size_t x = 0; x < SIDE; x++) {
      int32_t found = near[0][x];
      for (size_t k = 1; k <= 2 * reach; k++) found = outer(found, near[k][x], largest);
      out[y * SIDE + x] = found;
    }
  }
}

// The smallest or largest of a square window around every place, as much of it as lies inside. Those of a mirrored
// border are the same: it holds nothing that the window does not. `out` may be the plane.
INLINED void extreme(const int32_t *plane, const size_t reach, const int largest, int32_t *out) {
  int32_t rows[COUNT];
  along(plane, reach, largest, rows);
  across(rows, reach, largest, out);
}

KERNEL static void smallest(const int32_t *plane, size_t reach, int32_t *out) {
  switch (reach) {
    case 1: extreme(plane, 1, 0, out); break;
    case 2: extreme(plane, 2, 0, out); break;
    default: extreme(plane, 4, 0, out);
  }
}

KERNEL static void largest(const int32_t *plane, size_t reach, int32_t *out) {
  switch (reach) {
    case 1: extreme(plane, 1, 1, out); break;
    case 2: extreme(plane, 2, 1, out); break;
    default: extreme(plane, 4, 1, out);
  }
}

enum { STRIPES = 16, CRESTS = COUNT / STRIPES };

// A top-hat, what is summed over it, and the largest of every STRIPES values of it that stand CRESTS apart.
KERNEL static void top_hat(const int32_t *restrict minuend, const int32_t *restrict subtrahend, int32_t limit,
                           int32_t *restrict hat, int32_t *restrict crests, audit_quality_strokes *strokes) {
  strokes->sum = strokes->above = 0;
  memset(crests, 0, CRESTS * sizeof *crests);
  for (size_t start = 0; start < COUNT; start += CRESTS) {
    int32_t total = 0, found = 0;
    for (size_t i = 0; i < CRESTS; i++) {
      int32_t value = minuend[start + i] - subtrahend[start + i];
      hat[start + i] = value;
      crests[i] = value > crests[i] ? value : crests[i];
      total += value;
      found += value > limit;
    }
    strokes->sum += total;
    strokes->above += found;
  }
}

// The values from `least` on, of which there are few: they stand where the crests are as high.
static size_t not_below(const int32_t *hat, const int32_t *crests, int32_t least, int32_t *restrict out) {
  uint16_t places[CRESTS + 1];
  size_t high = 0, kept = 0;
  for (size_t i = 0; i < CRESTS; i++) {
    places[high] = (uint16_t)i;
    high += crests[i] >= least;
  }
  for (size_t k = 0; k < high; k++) {
    for (size_t i = places[k]; i < COUNT; i += CRESTS) {
      out[kept] = hat[i];
      kept += hat[i] >= least;
    }
  }
  return kept;
}

// As `audit_quality_select` of a place near the end: what lies below the crest that has as many above it as the place
// has values above cannot stand there. `work` holds a value more than the plane.
static void select_high(const int32_t *hat, const int32_t *crests, size_t first, int32_t *work, int32_t found[2]) {
  size_t above = COUNT - first;
  if (above > CRESTS) return audit_quality_select(hat, COUNT, first, found);
  audit_quality_select(crests, CRESTS, CRESTS - above, found);
  size_t kept = not_below(hat, crests, found[0], work);
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
