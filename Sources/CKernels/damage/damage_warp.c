#include "audit_damage.h"
#include "../kernel_clones.h"

#include <string.h>

enum { TAPS = 4, BITS = 22, HALF = 1 << (BITS - 1) };

typedef uint8_t bytes4 __attribute__((vector_size(4)));
typedef int32_t lanes4 __attribute__((vector_size(16)));

INLINED lanes4 load4(const uint8_t *pixel) {
  bytes4 bytes;
  memcpy(&bytes, pixel, 4);
  return __builtin_convertvector(bytes, lanes4);
}

INLINED lanes4 load3(const uint8_t *pixel) { return (lanes4){pixel[0], pixel[1], pixel[2], 0}; }

INLINED void store3(lanes4 sum, uint8_t *out) {
  const lanes4 darkest = {0, 0, 0, 0}, brightest = {255, 255, 255, 255};
  const lanes4 value = __builtin_elementwise_min(__builtin_elementwise_max((sum + HALF) >> BITS, darkest), brightest);
  const bytes4 bytes = __builtin_convertvector(value, bytes4);
  memcpy(out, &bytes, 3);
}

// The place in 0 ..< length that stands for one outside.
static int64_t inside(int64_t place, int64_t length, audit_damage_border border) {
  if (place >= 0 && place < length) return place;
  if (border != AUDIT_DAMAGE_MIRRORED) return place < 0 ? 0 : length - 1;
  const int64_t turn = 2 * length, rest = ((place % turn) + turn) % turn;
  return rest < length ? rest : turn - 1 - rest;
}

// The sixteen places lie inside, and a byte behind the last of them.
INLINED lanes4 direct(const uint8_t *first, size_t stride, const int16_t *across, const int16_t *down) {
  lanes4 sum = {0, 0, 0, 0};
  for (int j = 0; j < TAPS; j++, first += stride) {
    const lanes4 row = load4(first) * across[0] + load4(first + 3) * across[1] + load4(first + 6) * across[2] +
                       load4(first + 9) * across[3];
    sum += row * down[j];
  }
  return sum;
}

INLINED lanes4 bordered(const uint8_t *source, int64_t width, int64_t height, int64_t x, int64_t y,
                        const int16_t *across, const int16_t *down, audit_damage_border border) {
  lanes4 sum = {0, 0, 0, 0};
  for (int j = 0; j < TAPS; j++) {
    const uint8_t *row = source + 3 * width * inside(y - 1 + j, height, border);
    lanes4 line = {0, 0, 0, 0};
    for (int i = 0; i < TAPS; i++) line += load3(row + 3 * inside(x - 1 + i, width, border)) * across[i];
    sum += line * down[j];
  }
  return sum;
}

// Whether the middle of a pixel lies outside of that many, so that it stays black.
INLINED int is_black(int64_t place, int64_t length, audit_damage_border border) {
  return border == AUDIT_DAMAGE_BLACK && (place < -32768 || place >= (length << 16) - 32768);
}

static void turned(const uint8_t *source, int64_t across, int64_t down, const audit_damage_map *map,
                   const int16_t *weights, audit_damage_border border, size_t width, size_t height, uint8_t *out) {
  for (size_t row = 0; row < height; row++) {
    int64_t x = map->start[0] + (int64_t)row * map->down[0], y = map->start[1] + (int64_t)row * map->down[1];
    for (size_t column = 0; column < width; column++, out += 3, x += map->right[0], y += map->right[1]) {
      // To the nearest 256th.
      const int64_t u = x + 128, v = y + 128, left = u >> 16, top = v >> 16;
      if (is_black(x, across, border) || is_black(y, down, border)) {
        memset(out, 0, 3);
        continue;
      }
      const int16_t *wx = weights + TAPS * ((u >> 8) & 255), *wy = weights + TAPS * ((v >> 8) & 255);
      // Not the last row: a byte behind the last place is read.
      const int is_inside = left >= 1 && top >= 1 && left + 2 < across && top + 3 < down;
      store3(is_inside ? direct(source + 3 * (across * (top - 1) + left - 1), 3 * (size_t)across, wx, wy)
                       : bordered(source, across, down, left, top, wx, wy, border),
             out);
    }
  }
}

CLONES static void weighted(const uint8_t *const rows[TAPS], const int16_t *weights, size_t count,
                            int32_t *restrict line) {
  const uint8_t *a = rows[0], *b = rows[1], *c = rows[2], *d = rows[3];
  for (size_t i = 0; i < count; i++) {
    line[i] = a[i] * weights[0] + b[i] * weights[1] + c[i] * weights[2] + d[i] * weights[3];
  }
}

INLINED lanes4 load_sums(const int32_t *pixel) {
  lanes4 sums;
  memcpy(&sums, pixel, sizeof sums);
  return sums;
}

// A row of the result from the weighted sums of rows of the source.
CLONES static void along(const int32_t *line, int64_t across, int64_t x, int64_t step, const int16_t *weights,
                         audit_damage_border border, size_t width, uint8_t *out) {
  for (size_t column = 0; column < width; column++, out += 3, x += step) {
    const int64_t left = (x + 128) >> 16;
    if (is_black(x, across, border)) {
      memset(out, 0, 3);
      continue;
    }
    const int16_t *w = weights + TAPS * (((x + 128) >> 8) & 255);
    lanes4 sum = {0, 0, 0, 0};
    if (left >= 1 && left + 2 < across) {
      const int32_t *first = line + 3 * (left - 1);
      sum = load_sums(first) * w[0] + load_sums(first + 3) * w[1] + load_sums(first + 6) * w[2] +
            load_sums(first + 9) * w[3];
    } else {
      for (int i = 0; i < TAPS; i++) sum += load_sums(line + 3 * inside(left - 1 + i, across, border)) * w[i];
    }
    store3(sum, out);
  }
}

// Where rows stay rows and columns columns, the rows are added up first. The sums are those of the other way.
static void upright(const uint8_t *source, int64_t across, int64_t down, const audit_damage_map *map,
                    const int16_t *weights, audit_damage_border border, size_t width, size_t height, int32_t *work,
                    uint8_t *out) {
  int64_t y = map->start[1];
  for (size_t row = 0; row < height; row++, out += 3 * width, y += map->down[1]) {
    if (is_black(y, down, border)) {
      memset(out, 0, 3 * width);
      continue;
    }
    const uint8_t *rows[TAPS];
    for (int j = 0; j < TAPS; j++) {
      rows[j] = source + 3 * across * inside(((y + 128) >> 16) - 1 + j, down, border);
    }
    weighted(rows, weights + TAPS * (((y + 128) >> 8) & 255), 3 * (size_t)across, work);
    along(work, across, map->start[0], map->right[0], weights, border, width, out);
  }
}

void audit_damage_warp(const uint8_t *source, size_t source_width, size_t source_height, const audit_damage_map *map,
                       const int16_t *weights, audit_damage_border border, size_t width, size_t height, int32_t *work,
                       uint8_t *out) {
  const int64_t across = (int64_t)source_width, down = (int64_t)source_height;
  if (map->right[1] == 0 && map->down[0] == 0) {
    // What is read with the last pixel.
    work[3 * source_width] = 0;
    upright(source, across, down, map, weights, border, width, height, work, out);
  } else {
    turned(source, across, down, map, weights, border, width, height, out);
  }
}
