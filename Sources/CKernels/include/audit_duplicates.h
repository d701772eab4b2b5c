#ifndef AUDIT_DUPLICATES_H
#define AUDIT_DUPLICATES_H

#include <stddef.h>
#include <stdint.h>

// What finds copies of pictures: difference hashes, their distances, and how far two small pictures differ.

/// Words of a 256-bit hash, and pixels of the small picture: side, and bytes of its R G B pixels.
enum { AUDIT_HASH_WORDS = 4, AUDIT_SMALL_SIDE = 32, AUDIT_SMALL_BYTES = 3 * 32 * 32 };

/// Difference hash of a 128 x 128 luma less `inset` pixels on each side: 17 x 16 means, bit 16 y + x says whether a
/// mean is greater than its right neighbour. `mirrored` is that of the picture with left and right exchanged.
void audit_difference_hash(const int32_t *_Nonnull luma, size_t inset, uint64_t upright[_Nonnull 4],
                           uint64_t mirrored[_Nonnull 4]);

/// Places among `count` hashes that differ from `hash` in at most `radius` bits, in order: the place below, in how many bits
/// above 16. `found` holds `count`, which is at most 65536.
size_t audit_hashes_near(const uint64_t hash[_Nonnull 4], const uint64_t *_Nonnull hashes, size_t count,
                         unsigned radius, uint32_t *_Nonnull found);

/// Sorts by the upper 32 bits; equal ones keep their order. `scratch` holds `count` values.
void audit_sort_by_upper_half(uint64_t *_Nonnull values, size_t count, uint64_t *_Nonnull scratch);

/// 128-bit digest of bytes: equal bytes, equal digest; no defence against somebody who wants two pictures to collide.
void audit_digest(const uint8_t *_Nonnull bytes, size_t count, uint64_t seed, uint64_t digest[_Nonnull 2]);

/// Spread of 32 x 32 R G B pixels after their channels' means are taken away, code values.
double audit_small_contrast(const uint8_t *_Nonnull picture);

typedef struct {
  double contrast[2];  // spread of each picture after its channels' means are taken away, code values
  double plain;        // root mean square difference of the normalised pictures: 0 equal, 1.41 unrelated, 2 negative
  double aligned;      // what is left of it after the best small shift and change of size
  double shift;        // of that motion at the border, pixels of the small picture
} audit_picture_difference;

/// Two pictures of 32 x 32 R G B pixels, each less the mean of its channels and over its spread; `mirrored` exchanges
/// left and right of `other`. The motion is one Gauss-Newton step on the mean of both gradients, which makes it
/// second order and the same whichever picture comes first.
/// Source: S. Benhimane, E. Malis, "Real-time image-based tracking of planes using efficient second-order
/// minimization", IROS 2004.
///
/// most_aligned, most_shift: where it is sure without all of the work that `aligned` is above the first or `shift` above the
/// second, both are INFINITY; INFINITY asks for what they are.
audit_picture_difference audit_compare_small(const uint8_t *_Nonnull picture, const uint8_t *_Nonnull other,
                                             int mirrored, double most_aligned, double most_shift);

#endif
