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

// Reads all words `passes` times and returns their sum over all passes, modulo 2^64.
uint64_t bk_read_words(const uint64_t *words, ptrdiff_t count, int64_t passes);

// Adds `addend` to each word, modulo 2^64, `passes` times: every pass reads and writes all of them.
void bk_update_words(uint64_t *words, ptrdiff_t count, uint64_t addend, int64_t passes);

#endif
