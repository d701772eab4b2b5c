#include "audit_damage.h"

#include <string.h>

enum { TAPS = 4, BITS = 22, HALF = 1 << (BITS - 1) };

typedef uint8_t bytes4 __attribute__((vector_size(4)));
typedef int32_t lanes4 __attribute__((vector_size(16)));

static inline lanes4 load4(const uint8_t *pixel) {
  bytes4 bytes;
  memcpy(&bytes, pixel, 4);
  return __builtin_convertvector(bytes, lanes4);
}

static inline lanes4 load3(const uint8_t *pixel) {
  return (lanes4){pixel[0], pixel[1], pixel[2], 0};
}

static inline void store3(lanes4 sum, uint8_t *out) {
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
static lanes4 direct(const uint8_t *first, size_t stride, const int16_t *across, const int16_t *down) {
  lanes4 sum = {0, 0, 0, 0};
  for (int j = 0; j < TAPS; j++, first += stride) {
    const lanes4 row = load4(first) * across[0] + load4(first + 3) * across[1] + load4(first + 6) * across[2] +
                       load4(first + 9) * across[3];
    sum += row * down[j];
  }
  return sum;
}

static lanes4 bordered(const uint8_t *source, int64_t width, int64_t height, int64_t x, int64_t y,
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

void audit_damage_warp(const uint8_t *source, size_t source_width, size_t source_height, const audit_damage_map *map,
                       const int16_t *weights, audit_damage_border border, size_t width, size_t height, uint8_t *out) {
  const int64_t across = (int64_t)source_width, down = (int64_t)source_height;
  for (size_t row = 0; row < height; row++) {
    int64_t x = map->start[0] + (int64_t)row * map->down[0], y = map->start[1] + (int64_t)row * map->down[1];
    for (size_t column = 0; column < width; column++, out += 3, x += map->right[0], y += map->right[1]) {
      // To the nearest 256th.
      const int64_t u = x + 128, v = y + 128, left = u >> 16, top = v >> 16;
      if (border == AUDIT_DAMAGE_BLACK && (x < -32768 || y < -32768 || x >= (across << 16) - 32768 ||
                                           y >= (down << 16) - 32768)) {
        memset(out, 0, 3);
        continue;
      }
      const int16_t *wx = weights + TAPS * ((u >> 8) & 255), *wy = weights + TAPS * ((v >> 8) & 255);
      // Not the last row: a byte behind the last place is read.
      const int is_inside = left >= 1 && top >= 1 && left + 2 < across && top + 3 < down;
      store3(is_inside ? direct(source + 3 * (across * (top - 1) + left - 1), 3 * source_width, wx, wy)
                       : bordered(source, across, down, left, top, wx, wy, border),
             out);
    }
  }
}
