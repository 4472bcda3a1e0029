#include "bk_ceilings.h"
#include "bk_instruction_set.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Each probe is compiled for every instruction set and chosen at each call. A ceiling is
// what the machine can do.

#define PROBE_JOIN_(name, set) probe_##name##_##set
#define PROBE_JOIN(name, set) PROBE_JOIN_(name, set)
#define PROBE(name) PROBE_JOIN(name, SET)

// Two multiply-adds a cycle of four cycles each need eight registers; a few more cost nothing, and with the factor and
// the term they must stay within the register file.
#define SET portable
#define VECTOR_BYTES 16
#if defined(__aarch64__)
#define ACCUMULATORS 24
#else
#define ACCUMULATORS 12
#endif
#include "ceilings/set.h"

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define SET avx2
#define VECTOR_BYTES 32
#define ACCUMULATORS 12
#include "ceilings/set.h"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,fma"))), apply_to = function)
#define SET avx512
#define VECTOR_BYTES 64
#define ACCUMULATORS 24
#include "ceilings/set.h"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512bf16,avx512f"))), apply_to = function)
#include "ceilings/bfloat16.h"
#pragma clang attribute pop

#define CALL_WIDEST(name, ...)                                 \
  (bk_supports(BK_AVX512) ? probe_##name##_avx512(__VA_ARGS__) \
   : bk_supports(BK_AVX2) ? probe_##name##_avx2(__VA_ARGS__)   \
                          : probe_##name##_portable(__VA_ARGS__))
#else
#define CALL_WIDEST(name, ...) probe_##name##_portable(__VA_ARGS__)
#endif

int64_t bk_fma_f32(int64_t rounds, float multiplier, float addend, double *sum) {
  return CALL_WIDEST(float, rounds, multiplier, addend, sum);
}

int64_t bk_fma_f64(int64_t rounds, double multiplier, double addend, double *sum) {
  return CALL_WIDEST(double, rounds, multiplier, addend, sum);
}

int bk_supports_bf16(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16") != 0;
#else
  return 0;
#endif
}

int64_t bk_fma_bf16(int64_t rounds, float multiplier, float addend, double *sum) {
#if defined(__x86_64__)
  if (bk_supports_bf16()) return probe_bf16(rounds, multiplier, addend, sum);
#endif
  (void)rounds, (void)multiplier, (void)addend;
  *sum = 0;
  return 0;
}

uint64_t bk_read_words(const uint64_t *words, ptrdiff_t count, int64_t passes) {
  return CALL_WIDEST(read, words, count, passes);
}

void bk_update_words(uint64_t *words, ptrdiff_t count, uint64_t addend, int64_t passes) {
  CALL_WIDEST(update, words, count, addend, passes);
}
