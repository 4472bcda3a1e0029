// What the machine can do at most: floating-point operations in registers, and bytes through the memory.
//
// These are probes: what they compute is of no use but to show that every operation was done.
#ifndef BK_CEILINGS_H
#define BK_CEILINGS_H

#include <stddef.h>
#include <stdint.h>

// Runs x <- x * multiplier + addend `rounds` times on as many vector registers as hide the latency of the instruction,
// with the widest vectors of the processor. Register k begins with k in every lane; *sum receives the sum of all lanes.
// Returns the number of floating-point operations: two for each lane, register and round.
int64_t bk_fma_f32(int64_t rounds, float multiplier, float addend, double *sum);
int64_t bk_fma_f64(int64_t rounds, double multiplier, double addend, double *sum);

// Whether this processor multiplies bfloat16 numbers: VDPBF16PS, of AVX512_BF16.
int bk_supports_bf16(void);

// The same for products of bfloat16 numbers added to 32-bit lanes, two products to a lane: x <- x + multiplier *
// addend, twice, with both operands rounded to bfloat16. Returns the number of floating-point operations: four for each
// lane, register and round; does nothing and returns 0 where bk_supports_bf16 does.
int64_t bk_fma_bf16(int64_t rounds, float multiplier, float addend, double *sum);

// Reads all words `passes` times and returns their sum over all passes, modulo 2^64.
uint64_t bk_read_words(const uint64_t *words, ptrdiff_t count, int64_t passes);

// Adds `addend` to each word, modulo 2^64, `passes` times: every pass reads and writes all of them.
void bk_update_words(uint64_t *words, ptrdiff_t count, uint64_t addend, int64_t passes);

// The distance between two threads' entries in `finished`: a cache line.
enum { BK_ROUND_STRIDE = 8 };

// What one of `threads` threads does while all of them, at once, pass the shares of `words` around: in round r it adds
// thread + 1 to each of the `share` words of share number (thread - r) mod threads, which the thread before it has
// written in round r - 1. Rounds are numbered on over several calls, from `first_round`: `finished` holds for each
// thread, on a line of its own, how many it has finished.
void bk_rotate_shares(
  uint64_t *words, ptrdiff_t share, int thread, int threads, int64_t first_round, int64_t rounds, int64_t *finished);

#endif
