// Philox4x32-10: a keyed bijection of 128-bit counters whose outputs look random (Salmon, Moraes, Dror & Shaw, Parallel
// random numbers: as easy as 1, 2, 3, SC 2011).
#ifndef BK_PHILOX_H
#define BK_PHILOX_H

#include "elementary_functions.h"

enum { PHILOX_LANES = 16, PHILOX_WORDS = 4 };

// The blocks of sixteen counters that differ in their first word: `first`, `first` + 1, ... Word w of block l goes to
// out[w * PHILOX_LANES + l].
BK_INLINE void bk_philox(uint32_t first, uint32_t second, uint64_t rest, uint64_t key, uint32_t *restrict out) {
  // Left alone the compiler would take as many lanes as it has of the products' 64 bits.
#pragma clang loop vectorize_width(16) interleave_count(1)
  for (uint32_t l = 0; l < PHILOX_LANES; l++) {
    uint32_t x0 = first + l, x1 = second, x2 = (uint32_t)rest, x3 = (uint32_t)(rest >> 32);
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
#pragma clang loop unroll(full)
    for (int round = 0; round < 10; round++) {
      const uint64_t a = (uint64_t)x0 * 0xD2511F53u, b = (uint64_t)x2 * 0xCD9E8D57u;
      x0 = (uint32_t)(b >> 32) ^ x1 ^ k0;
      x2 = (uint32_t)(a >> 32) ^ x3 ^ k1;
      x1 = (uint32_t)b;
      x3 = (uint32_t)a;
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    out[l] = x0;
    out[PHILOX_LANES + l] = x1;
    out[2 * PHILOX_LANES + l] = x2;
    out[3 * PHILOX_LANES + l] = x3;
  }
}

#endif
