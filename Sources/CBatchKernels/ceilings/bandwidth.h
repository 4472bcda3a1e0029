// The probes of the memory, in vectors of VECTOR_BYTES.

// Integers: their sum is exact whatever the order, and shows that no word was left out.
typedef uint64_t PROBE(words) __attribute__((vector_size(VECTOR_BYTES), aligned(8)));

static uint64_t PROBE(read)(const uint64_t *words, ptrdiff_t count, int64_t passes) {
  enum { LANES = VECTOR_BYTES / 8, VECTORS = 8, BLOCK = VECTORS * LANES };
  PROBE(words) sums[VECTORS] = {};
  uint64_t total = 0;
  for (int64_t pass = 0; pass < passes; pass++) {
    ptrdiff_t i = 0;
    for (; i + BLOCK <= count; i += BLOCK)
#pragma clang loop unroll(full)
      for (int k = 0; k < VECTORS; k++) sums[k] += *(const PROBE(words) *)(words + i + k * LANES);
    for (; i < count; i++) total += words[i];
    // Each pass reads anew: what the memory holds is unknown after this.
    __asm__ volatile("" ::: "memory");
  }
  for (int k = 0; k < VECTORS; k++)
    for (int lane = 0; lane < LANES; lane++) total += sums[k][lane];
  return total;
}

static void PROBE(update)(uint64_t *words, ptrdiff_t count, uint64_t addend, int64_t passes) {
  enum { LANES = VECTOR_BYTES / 8, VECTORS = 4, BLOCK = VECTORS * LANES };
  const PROBE(words) term = (PROBE(words)){} + addend;
  for (int64_t pass = 0; pass < passes; pass++) {
    ptrdiff_t i = 0;
    for (; i + BLOCK <= count; i += BLOCK)
#pragma clang loop unroll(full)
      for (int k = 0; k < VECTORS; k++) *(PROBE(words) *)(words + i + k * LANES) += term;
    for (; i < count; i++) words[i] += addend;
    __asm__ volatile("" ::: "memory");
  }
}
